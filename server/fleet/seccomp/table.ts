// What a sandbox may ask of the kernel: the one table that both filters are made from. A call on neither list is unknown
// and answers ENOSYS, as an older kernel would; nothing becomes allowed by being forgotten.

/** A test on the low 32 bits of one argument. They are what the kernel reads of an int (CVE-2019-10063). */
export interface ArgumentRule {
  readonly index: number
  readonly test: 'in' | 'not-in' | 'no-bits'
  readonly values: readonly number[]
}

const CLONE_NEW = 0x7e020000
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
const TIOCSETD = 0x5423

/** Calls that are allowed when the rule holds, and are otherwise refused with EPERM. */
export const RULED: Readonly<Record<string, ArgumentRule>> = {
  // AF_UNIX, AF_INET, AF_INET6: everything else (vsock above all) is not bound to the network namespace.
  socket: { index: 0, test: 'in', values: [1, 2, 10] },
  clone: { index: 0, test: 'no-bits', values: [CLONE_NEW] },
  ioctl: { index: 1, test: 'not-in', values: [TIOCSTI, TIOCLINUX, TIOCSETD] },
  personality: { index: 0, test: 'in', values: [0, 0x8, 0x20000, 0x20008, 0xffffffff] },
}

/** A filter cannot read clone3's flags in memory; ENOSYS makes every C library fall back to clone. */
export const ABSENT: readonly string[] = ['clone3']

export const ALLOWED: readonly string[] = words(`
  read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction
  rt_sigprocmask rt_sigreturn pread64 pwrite64 readv writev access pipe select sched_yield mremap
  msync mincore madvise shmget shmat shmctl dup dup2 pause nanosleep getitimer alarm setitimer getpid
  sendfile connect accept sendto recvfrom sendmsg recvmsg shutdown bind listen getsockname getpeername
  socketpair setsockopt getsockopt fork vfork execve exit wait4 kill uname semget semop semctl shmdt
  msgget msgsnd msgrcv msgctl fcntl flock fsync fdatasync truncate ftruncate getdents getcwd chdir
  fchdir rename mkdir rmdir creat link unlink symlink readlink chmod fchmod chown fchown lchown umask
  gettimeofday getrlimit getrusage sysinfo times getuid getgid setuid setgid geteuid getegid setpgid
  getppid getpgrp setsid setreuid setregid getgroups setgroups setresuid getresuid setresgid getresgid
  getpgid setfsuid setfsgid getsid capget capset rt_sigpending rt_sigtimedwait rt_sigqueueinfo
  rt_sigsuspend sigaltstack utime mknod statfs fstatfs getpriority setpriority sched_setparam
  sched_getparam sched_setscheduler sched_getscheduler sched_get_priority_max sched_get_priority_min
  sched_rr_get_interval mlock munlock mlockall munlockall prctl arch_prctl adjtimex setrlimit sync
  gettid readahead setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr
  flistxattr removexattr lremovexattr fremovexattr tkill time futex sched_setaffinity
  sched_getaffinity io_setup io_destroy io_getevents io_submit io_cancel epoll_create remap_file_pages
  getdents64 set_tid_address restart_syscall semtimedop fadvise64 timer_create timer_settime
  timer_gettime timer_getoverrun timer_delete clock_gettime clock_getres clock_nanosleep exit_group
  epoll_wait epoll_ctl tgkill utimes get_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive
  mq_notify mq_getsetattr waitid ioprio_set ioprio_get inotify_init inotify_add_watch inotify_rm_watch
  openat mkdirat mknodat fchownat futimesat newfstatat unlinkat renameat linkat symlinkat readlinkat
  fchmodat faccessat pselect6 ppoll set_robust_list get_robust_list splice tee sync_file_range
  utimensat epoll_pwait signalfd timerfd_create eventfd fallocate timerfd_settime timerfd_gettime
  accept4 signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1 preadv pwritev rt_tgsigqueueinfo
  recvmmsg prlimit64 clock_adjtime syncfs sendmmsg getcpu sched_setattr sched_getattr renameat2
  seccomp getrandom memfd_create execveat membarrier mlock2 copy_file_range preadv2 pwritev2
  pkey_mprotect pkey_alloc pkey_free statx io_pgetevents rseq pidfd_send_signal pidfd_open close_range
  openat2 faccessat2 epoll_pwait2 landlock_create_ruleset landlock_add_rule landlock_restrict_self
  process_mrelease futex_waitv`)

/** Refused with EPERM: they reach other tenants, the kernel itself, or namespaces and mounts. */
export const REFUSED: readonly string[] = words(`
  ptrace syslog uselib ustat sysfs vhangup modify_ldt pivot_root _sysctl chroot acct settimeofday
  mount umount2 swapon swapoff reboot sethostname setdomainname iopl ioperm create_module init_module
  delete_module get_kernel_syms query_module quotactl nfsservctl getpmsg putpmsg afs_syscall tuxcall
  security set_thread_area get_thread_area lookup_dcookie epoll_ctl_old epoll_wait_old clock_settime
  vserver mbind set_mempolicy kexec_load add_key request_key keyctl migrate_pages unshare vmsplice
  move_pages perf_event_open fanotify_init fanotify_mark name_to_handle_at open_by_handle_at setns
  process_vm_readv process_vm_writev kcmp finit_module kexec_file_load bpf userfaultfd io_uring_setup
  io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick pidfd_getfd
  process_madvise mount_setattr quotactl_fd memfd_secret set_mempolicy_home_node`)

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
