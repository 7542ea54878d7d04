# The first program of a sandbox, in the directory of its workspace: frees the repository of what the sandbox before left
# locked, makes an empty one where the server wishes it, and becomes the runtime. It clones nothing. A shell starts git in a
# tenth of the time that Node takes.
#
# $1 is `make`, or `find`; the rest is the program to become, which gets `yes` or `no` as its last argument: whether there is
# a repository in `app`. Descriptor 3 is that program's alone.
wish=$1 found=no
shift

# Whoever held a lock of git's died with the sandbox before.
if test -e app/.git; then
  find app/.git -maxdepth 1 -name '*.lock' -delete 3<&-
  test ! -d app/.git/refs || find app/.git/refs -name '*.lock' -delete 3<&-
fi

# What was still being made then has no HEAD.
if test -f app/.git || test -e app/.git/HEAD; then
  found=yes
elif test "$wish" = make && git init --quiet --initial-branch=main app 3<&-; then
  found=yes
fi

exec "$@" "$found"
