/* A disk that fails at the k-th change of a file: preloaded into a program, told what to do through a shared file.
 *
 *   cc -shared -fPIC -O1 -o disk_faults.so disk_faults.c -ldl
 *   DISK_FAULTS=CONTROL DISK_FAULTS_ROOT=FOLDER LD_PRELOAD=disk_faults.so PROGRAM
 *
 * CONTROL holds five 64-bit numbers: whether changes are counted, the number of the change that fails (0: none), the
 * errno it fails with (0: it says that it was done, and was not), whether all after it fail as well, and how many were
 * seen. Changes are the writes, syncs,
 * renames, truncations, new folders and openings for writing below FOLDER; logs do not count. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct control { int64_t counts, failing, error, for_ever, seen; };
enum { FAILS = 1, LIES = 2 };
static struct control *control;
static const char *root;
static size_t root_length;
static int trace = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("DISK_FAULTS");
    root = getenv("DISK_FAULTS_ROOT");
    if (!path || !root) return;
    root_length = strlen(root);
    int descriptor = REAL(open)(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    void *place = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (place != MAP_FAILED) control = place;
    const char *told = getenv("DISK_FAULTS_TRACE");
    if (told) trace = REAL(open)(told, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* Whether this change fails; errno is set then. */
static int fails(const char *action, const char *path) {
    size_t length = strlen(path);
    if (strncmp(path, root, root_length) != 0) return 0;
    if (length > 4 && strcmp(path + length - 4, ".log") == 0) return 0;
    int64_t number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    int64_t failing = control->failing;
    int failed = failing && (number == failing || (control->for_ever && number > failing));
    if (trace >= 0) {
        char line[PATH_MAX + 64];
        int count = snprintf(line, sizeof line, "%lld %s %s%s\n", (long long)number, action, path, failed ? " !" : "");
        if (REAL(write)(trace, line, count) < 0) trace = -1;
    }
    if (failed) errno = (int)control->error;
    return failed ? errno ? FAILS : LIES : 0;
}

static int fails_on(const char *action, int descriptor) {
    if (!control || !control->counts) return 0;
    struct stat found;
    int kept = errno;
    if (fstat(descriptor, &found) != 0 || !(S_ISREG(found.st_mode) || S_ISDIR(found.st_mode))) {
        errno = kept;
        return 0;
    }
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length < 0) return 0;
    path[length] = 0;
    return fails(action, path);
}

static int fails_at(const char *action, const char *path) {
    return control && control->counts && path[0] == '/' && fails(action, path);
}

#define CHANGE(fault, done, real) \
    int fault_found = fault; \
    return fault_found == LIES ? (done) : fault_found ? -1 : (real);

static ssize_t length_of(const struct iovec *parts, int count) {
    ssize_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    return length;
}

ssize_t write(int d, const void *b, size_t n) { CHANGE(fails_on("write", d), (ssize_t)n, REAL(write)(d, b, n)) }
ssize_t pwrite(int d, const void *b, size_t n, off_t o) {
    CHANGE(fails_on("write", d), (ssize_t)n, REAL(pwrite)(d, b, n, o))
}
ssize_t pwrite64(int d, const void *b, size_t n, off64_t o) {
    CHANGE(fails_on("write", d), (ssize_t)n, REAL(pwrite64)(d, b, n, o))
}
ssize_t writev(int d, const struct iovec *v, int n) {
    CHANGE(fails_on("write", d), length_of(v, n), REAL(writev)(d, v, n))
}
int fsync(int d) { CHANGE(fails_on("sync", d), 0, REAL(fsync)(d)) }
int fdatasync(int d) { CHANGE(fails_on("sync", d), 0, REAL(fdatasync)(d)) }
int ftruncate(int d, off_t n) { CHANGE(fails_on("truncate", d), 0, REAL(ftruncate)(d, n)) }
int ftruncate64(int d, off64_t n) { CHANGE(fails_on("truncate", d), 0, REAL(ftruncate64)(d, n)) }
int mkdir(const char *p, mode_t m) { CHANGE(fails_at("mkdir", p), 0, REAL(mkdir)(p, m)) }
int rename(const char *a, const char *b) { CHANGE(fails_at("rename", b), 0, REAL(rename)(a, b)) }
int renameat(int d, const char *a, int e, const char *b) {
    CHANGE(fails_at("rename", b), 0, REAL(renameat)(d, a, e, b))
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }
#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))

int open(const char *p, int flags, ...) {
    MODE(flags)
    return WRITES(flags) && fails_at("open", p) == FAILS ? -1 : REAL(open)(p, flags, mode);
}
int open64(const char *p, int flags, ...) {
    MODE(flags)
    return WRITES(flags) && fails_at("open", p) == FAILS ? -1 : REAL(open64)(p, flags, mode);
}
int openat(int d, const char *p, int flags, ...) {
    MODE(flags)
    return WRITES(flags) && fails_at("open", p) == FAILS ? -1 : REAL(openat)(d, p, flags, mode);
}
int openat64(int d, const char *p, int flags, ...) {
    MODE(flags)
    return WRITES(flags) && fails_at("open", p) == FAILS ? -1 : REAL(openat64)(d, p, flags, mode);
}
