// The passive witness of the terminal in a VM: appends what the kernel announces (uevents) and who wrote what to sysfs to a log.
// It changes nothing and hooks into no program, so it says the same about our agent, about another product and about a bare kernel.
//
//   recorder LOG       returns once it listens; the log then gets one line an event, fields separated by tabs:
//     TIME U ACTION DEVPATH KEY=VALUE ...    a uevent of the kernel (netlink group 1), in the kernel's order
//     TIME W PID COMM PATH VALUE             a write under /sys; VALUE is what the file said right after it, for the gate's files, else -
//     TIME OVERFLOW netlink|fanotify         events were lost here: nothing may be concluded from absence
//     TIME LOST ERRNO                        one write to a file that could not be named any more (its device went with the write)
// TIME is CLOCK_BOOTTIME in seconds with microseconds.
//
// fanotify merges events that are equal (same process, same file, same mask) while they wait in its queue. We run under SCHED_FIFO: on
// one processor we are scheduled as soon as the write returns, and the queue never holds two. Once the init has switched the second
// processor on, a writer there may repeat its write before we have read the first: a repetition is lost then, never that it wrote.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int out;

static void die(const char *what) { perror(what); exit(1); }

// One write per line, so that lines of a log read at the same moment are whole.
static void line(const char *format, ...) {
  static char text[16384];
  struct timespec now;
  va_list values;
  clock_gettime(CLOCK_BOOTTIME, &now);
  int n = snprintf(text, 64, "%lld.%06ld\t", (long long)now.tv_sec, now.tv_nsec / 1000);
  va_start(values, format);
  n += vsnprintf(text + n, sizeof text - n - 1, format, values);
  va_end(values);
  if (n > (int)sizeof text - 2) n = sizeof text - 2;
  for (int i = 0; i < n; i++) if (text[i] == '\n' || text[i] == '\r') text[i] = ' ';
  text[n++] = '\n';
  if (write(out, text, n) != n) die("recorder: log");
}

// Reads a small file; cuts the newline; "-" when it cannot be read.
static const char *content(const char *path, char *to, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read(fd, to, size - 1);
  if (fd >= 0) close(fd);
  if (n <= 0) return "-";
  to[n] = 0;
  to[strcspn(to, "\n")] = 0;
  return to;
}

static void uevent(int netlink) {
  static char in[16384], keys[15000];
  ssize_t n = recv(netlink, in, sizeof in - 1, MSG_DONTWAIT);
  if (n < 0) {
    if (errno == ENOBUFS) line("OVERFLOW\tnetlink");
    else if (errno != EAGAIN && errno != EINTR) die("recorder: netlink");
    return;
  }
  in[n] = 0;
  char *devpath = strchr(in, '@');
  if (!devpath) return;
  *devpath++ = 0;
  size_t used = 0;
  keys[0] = 0;
  for (char *key = devpath + strlen(devpath) + 1; key < in + n; key += strlen(key) + 1) {
    int more = snprintf(keys + used, sizeof keys - used, "\t%s", key);
    if (more < 0 || used + more >= sizeof keys) break;
    used += more;
  }
  line("U\t%s\t%s%s", in, devpath, keys);
}

static void written(int fan) {
  static char in[8192] __attribute__((aligned(8)));
  ssize_t n = read(fan, in, sizeof in);
  if (n < 0) {
    if (errno != EAGAIN && errno != EINTR) line("LOST\t%d", errno);
    return;
  }
  for (struct fanotify_event_metadata *e = (void *)in; FAN_EVENT_OK(e, n); e = FAN_EVENT_NEXT(e, n)) {
    if (e->mask & FAN_Q_OVERFLOW) { line("OVERFLOW\tfanotify"); continue; }
    char link[64], seen[PATH_MAX + 16], path[PATH_MAX + 32], comm[64], value[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", e->fd);
    ssize_t length = readlink(link, seen, sizeof seen - 1);
    close(e->fd);
    if (length < 0) { line("LOST\t%d", errno); continue; }
    seen[length] = 0;
    char *gone = strstr(seen, " (deleted)"); // the write removed its own device
    if (gone) *gone = 0;
    const char *device = strstr(seen, "/devices/"); // under whatever name the writer's mount of sysfs has
    snprintf(path, sizeof path, "%s%s", device ? "/sys" : "", device ? device : seen);
    const char *name = strrchr(path, '/') + 1;
    if (strcmp(name, "uevent") == 0) continue; // a request for a replay, as udevadm trigger makes; the replay itself is recorded
    int gate = strstr(name, "authorized") || strstr(name, "autoprobe") || strcmp(name, "bConfigurationValue") == 0;
    snprintf(link, sizeof link, "/proc/%d/comm", e->pid);
    const char *who = content(link, comm, sizeof comm);
    line("W\t%d\t%s\t%s\t%s", e->pid, who, path, gate && !gone ? content(path, value, sizeof value) : "-");
  }
}

int main(int argc, char **argv) {
  if (argc != 2) { fprintf(stderr, "usage: recorder LOG\n"); return 2; }
  out = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) die(argv[1]);
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int room = 64 << 20;
  if (netlink < 0 || setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room)) die("recorder: netlink");
  if (bind(netlink, (void *)&group, sizeof group)) die("recorder: netlink");
  // O_WRONLY: sysfs refuses to open a write-only file such as drivers_probe for reading, and the event would be lost.
  int fan = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE, O_WRONLY | O_CLOEXEC);
  // The whole file system, not one mount of it: a program in a mount namespace of its own is seen too.
  if (fan < 0 || fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_MODIFY, AT_FDCWD, "/sys")) die("recorder: fanotify");
  pid_t child = fork();
  if (child < 0) die("recorder: fork");
  if (child > 0) return 0;
  setsid();
  struct sched_param first = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO, &first)) die("recorder: scheduler");
  struct pollfd either[] = {{.fd = netlink, .events = POLLIN}, {.fd = fan, .events = POLLIN}};
  for (;;) {
    if (poll(either, 2, -1) < 0 && errno != EINTR) die("recorder: poll");
    if (either[0].revents) uevent(netlink);
    if (either[1].revents) written(fan);
  }
}
