/* Stands between a process and the C library (LD_PRELOAD): notes what of its files would survive a
   power loss, lets writes and syncs fail on demand, and moves the wall clock. For Linux.

   SIXIN_FAULTY_ROOT      what lies below this directory is looked at (a real path, no links in it)
   SIXIN_FAULTY_JOURNAL   what happens there is appended here; FaultyDisk.java says how to read it
   SIXIN_FAULTY_SHADOW    files that were removed or replaced are kept here until their directory is
                          synced; on the same file system
   SIXIN_FAULTY_CONTROL   struct control, shared with who makes the faults

   The kernel does the writing, so what a process wrote before it is killed stays in the files and in
   the journal. Only lengths are noted: RocksDB appends, and so do we. A write at a position is noted
   too, so that nobody takes the journal for the whole truth then. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  int64_t clock_nanos;  /* added to the wall clock */
  int32_t write_errno;  /* what writes below the root end with; 0: they go well */
  int32_t sync_errno;   /* what syncs end with */
  int32_t killing_sync; /* the process is killed instead of this many-th sync; 0: never */
  int32_t failed;       /* how many calls were made to fail */
};

static struct control *control;
static char root[PATH_MAX];
static size_t root_length;
static char shadow[PATH_MAX];
static int journal = -1;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static pthread_mutex_t names = PTHREAD_MUTEX_INITIALIZER;

/* Files kept in the shadow until the directory that they were in is synced. */
struct kept {
  struct kept *next;
  unsigned number;
  char directory[];
};
static struct kept *kept;
static unsigned numbers;

static void begin(void) __attribute__((constructor));

static void begin(void) {
  real_clock_gettime =
      (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const char *at = getenv("SIXIN_FAULTY_CONTROL");
  const char *log = getenv("SIXIN_FAULTY_JOURNAL");
  const char *below = getenv("SIXIN_FAULTY_ROOT");
  const char *aside = getenv("SIXIN_FAULTY_SHADOW");
  if (!at || !log || !below || !aside) return;
  int fd = syscall(SYS_openat, AT_FDCWD, at, O_RDWR | O_CLOEXEC);
  void *shared = fd < 0 ? MAP_FAILED
                        : mmap(0, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  journal = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (shared == MAP_FAILED || journal < 0) {
    dprintf(2, "faulty disk: %s\n", strerror(errno));
    _exit(70);
  }
  close(fd);
  snprintf(root, sizeof root, "%s/", below);
  root_length = strlen(root);
  snprintf(shadow, sizeof shadow, "%s", aside);
  numbers = (unsigned)getpid() * 100000u; /* no name of an earlier process */
  control = shared;
}

static int is_below(const char *path) {
  return control && path && (!strncmp(path, root, root_length) ||
                             (!strncmp(path, root, root_length - 1) && !path[root_length - 1]));
}

static int path_of(int fd, char *path) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path);
}

/* One line, fields separated by tabs, in one write. */
static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...) {
  char line[3 * PATH_MAX];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  int error = errno;
  if (syscall(SYS_write, journal, line, (size_t)length) != length) {
    dprintf(2, "faulty disk: the journal can not be written\n");
    _exit(70);
  }
  errno = error;
}

static int fail(int error) {
  __atomic_add_fetch(&control->failed, 1, __ATOMIC_RELAXED);
  errno = error;
  return -1;
}

static int open_below(const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&names);
  int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
  int writes = (flags & O_ACCMODE) != O_RDONLY;
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  struct stat file;
  if (fd >= 0 && is_new)
    note("create\t%s\n", path);
  else if (fd >= 0 && writes && !fstat(fd, &file))
    note("reopen\t%lld\t%s\n", (long long)file.st_size, path);
  pthread_mutex_unlock(&names);
  return fd;
}

#define OPEN(name)                                                      \
  int name(const char *path, int flags, ...) {                          \
    mode_t mode = 0;                                                    \
    if (flags & (O_CREAT | O_TMPFILE)) {                                \
      va_list arguments;                                                \
      va_start(arguments, flags);                                       \
      mode = va_arg(arguments, mode_t);                                 \
      va_end(arguments);                                                \
    }                                                                   \
    if (is_below(path)) return open_below(path, flags, mode);           \
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);            \
  }
OPEN(open)
OPEN(open64)

/* Half of what was to be written is written before it fails: the worst that a disk does. */
ssize_t write(int fd, const void *bytes, size_t count) {
  char path[PATH_MAX];
  if (control && control->write_errno && path_of(fd, path)) {
    if (count > 1) syscall(SYS_write, fd, bytes, count / 2);
    return fail(control->write_errno);
  }
  return syscall(SYS_write, fd, bytes, count);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  char path[PATH_MAX];
  if (control && control->write_errno && path_of(fd, path)) return fail(control->write_errno);
  return syscall(SYS_writev, fd, parts, count);
}

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t offset) {
  char path[PATH_MAX];
  if (control && path_of(fd, path)) {
    if (control->write_errno) return fail(control->write_errno);
    note("overwrite\t%s\n", path);
  }
  return syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return write_at(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
  return write_at(fd, bytes, count, offset);
}

static void drop_kept(const char *directory) {
  struct kept **at = &kept;
  while (*at) {
    struct kept *one = *at;
    if (strcmp(one->directory, directory)) {
      at = &one->next;
      continue;
    }
    char name[PATH_MAX + 16];
    snprintf(name, sizeof name, "%s/%u", shadow, one->number);
    syscall(SYS_unlinkat, AT_FDCWD, name, 0);
    *at = one->next;
    free(one);
  }
}

static int sync_file(int fd, long call) {
  char path[PATH_MAX];
  struct stat before;
  if (!control || !path_of(fd, path) || fstat(fd, &before)) return syscall(call, fd);
  if (S_ISDIR(before.st_mode)) {
    pthread_mutex_lock(&names); /* what is named meanwhile is not synced */
    int result = syscall(call, fd);
    if (!result) {
      note("names\t%s\n", path);
      drop_kept(path);
    }
    pthread_mutex_unlock(&names);
    return result;
  }
  if (control->sync_errno) {
    note("lost\t%s\n", path);
    return fail(control->sync_errno);
  }
  if (control->killing_sync && !__atomic_sub_fetch(&control->killing_sync, 1, __ATOMIC_RELAXED))
    kill(getpid(), SIGKILL);
  int result = syscall(call, fd);
  if (!result) note("sync\t%lld\t%s\n", (long long)before.st_size, path);
  return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

/* Keeps what a name stands for; 0: there is nothing. Not noted when the process is killed on the
   way: the file then only has one name more. */
static unsigned keep(const char *path) {
  char name[PATH_MAX + 16];
  unsigned number = ++numbers;
  snprintf(name, sizeof name, "%s/%u", shadow, number);
  if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0)) return 0;
  const char *end = strrchr(path, '/');
  struct kept *one = malloc(sizeof *one + (size_t)(end - path) + 1);
  if (one) {
    memcpy(one->directory, path, (size_t)(end - path));
    one->directory[end - path] = 0;
    one->number = number;
    one->next = kept;
    kept = one;
  }
  return number;
}

int rename(const char *from, const char *to) {
  if (!is_below(from) && !is_below(to))
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  pthread_mutex_lock(&names);
  unsigned number = keep(to);
  int result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (!result) note("rename\t%u\t%s\t%s\n", number, from, to);
  pthread_mutex_unlock(&names);
  return result;
}

int unlink(const char *path) {
  if (!is_below(path)) return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  pthread_mutex_lock(&names);
  unsigned number = keep(path);
  int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (!result) note("remove\t%u\t%s\n", number, path);
  pthread_mutex_unlock(&names);
  return result;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = real_clock_gettime ? real_clock_gettime(clock, now)
                                  : (int)syscall(SYS_clock_gettime, clock, now);
  if (!result && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    int64_t nanos = now->tv_nsec + control->clock_nanos;
    int64_t seconds = nanos / 1000000000;
    nanos %= 1000000000;
    if (nanos < 0) {
      nanos += 1000000000;
      seconds--;
    }
    now->tv_sec += seconds;
    now->tv_nsec = nanos;
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec precise;
  (void)zone;
  int result = clock_gettime(CLOCK_REALTIME, &precise);
  if (!result) {
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
  }
  return result;
}

time_t time(time_t *now) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now) *now = precise.tv_sec;
  return precise.tv_sec;
}
