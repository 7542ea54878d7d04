# What a workspace finds inside when it is a container: the tools. The server adds its own runtime as one more layer.
# It holds no secret, no program that changes its user, and nothing that a sandbox could write to.
ARG BASE=node:24-bookworm-slim
FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      git ca-certificates curl less vim htop tmux procps python3 util-linux \
 && rm -rf /var/lib/apt/lists/*
# Node without read permission: the kernel then lets nobody of the same uid read or trace the runtime (ptrace(2)).
RUN install -d /opt/chispart/bin /work /home/agent \
 && install -m 0111 "$(readlink -f "$(command -v node)")" /opt/chispart/bin/node \
 && rm -f "$(command -v node)" \
 && ln -s "$(readlink -f "$(command -v npm)")" /opt/chispart/bin/npm \
 && ln -s "$(readlink -f "$(command -v npx)")" /opt/chispart/bin/npx \
 && find / -xdev -perm /6000 -type f -exec chmod a-s {} + \
 && rm -rf /etc/shadow* /etc/gshadow* /etc/ssh /home/node
USER 10001:10001
