/* Lets system calls of a running Bodega fail, by libfiu. What fails and when stands in a shared file that the tests
 * change while the processes run, so that one instance goes through a whole sweep, and in which every process counts:
 * a sweep in which nothing failed has tested nothing.
 *
 * Built by io_faults.py, loaded before fiu_posix_preload.so. Inside the callback nothing may be called that libfiu
 * stands in front of. */
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { POINTS = 16 };

/* The same as Faults.LAYOUT in io_faults.py. */
struct control {
    char role[16];  /* the processes that count and fail: import, work, slow … */
    char point[64]; /* the call that fails; empty: none */
    int64_t first;  /* the first call of that point that fails, from 1 */
    int64_t last;   /* the last one */
    int64_t error;  /* errno */
    int64_t calls;  /* of that point since it was armed */
    int64_t hits;   /* of them failed */
    struct {
        char name[48];
        int64_t calls; /* since the role was set */
    } points[POINTS];
};

static struct control *control;
static char role[16];

static int fails(const char *name, int *number, void **info, unsigned int *flags) {
    (void)number;
    (void)flags;
    if (strncmp(control->role, role, sizeof role) != 0) return 0;
    for (int index = 0; index < POINTS; index++) {
        if (strncmp(control->points[index].name, name, sizeof control->points[index].name) != 0) continue;
        __atomic_add_fetch(&control->points[index].calls, 1, __ATOMIC_RELAXED);
        break;
    }
    if (strncmp(control->point, name, sizeof control->point) != 0) return 0;
    int64_t call = __atomic_add_fetch(&control->calls, 1, __ATOMIC_RELAXED);
    if (call < control->first || call > control->last) return 0;
    __atomic_add_fetch(&control->hits, 1, __ATOMIC_RELAXED);
    *info = (void *)(intptr_t)control->error;
    return 1;
}

/* The first word after the program; of `web` the name of the pool. */
static void find_role(void) {
    char words[256] = {0};
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t length = read(file, words, sizeof words - 1);
    close(file);
    const char *word = words, *end = words + (length > 0 ? length : 0);
    int is_pool = 0;
    for (int index = 0; index < 4 && word < end; index++, word += strlen(word) + 1) {
        if (index == 1 || is_pool) strncpy(role, word, sizeof role - 1);
        is_pool = strcmp(word, "--pool") == 0;
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("BODEGA_IO_FAULTS");
    if (!path) return;
    find_role();
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *shared = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED) return;
    control = shared;
    fiu_init(0);
    for (int index = 0; index < POINTS && control->points[index].name[0]; index++)
        fiu_enable_external(control->points[index].name, 1, NULL, 0, fails);
}
