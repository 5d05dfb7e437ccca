/*
 * Forbids switching to another virtual console, on the terminal that is standard input.
 *
 * The other consoles have nothing on them, but a screen that goes blank in the middle of a ceremony because somebody
 * brushed Alt-F2 is a screen that people stop trusting. The kernel's keymap does the switching, not the application, so
 * only VT_LOCKSWITCH stops it. A serial line is no virtual console; there the program does nothing.
 */
#include <stdio.h>
#include <linux/vt.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
    struct vt_stat state;

    if (ioctl(STDIN_FILENO, VT_GETSTATE, &state) != 0)
        return 0;
    if (ioctl(STDIN_FILENO, VT_LOCKSWITCH, 1) != 0) {
        perror("lock-console");
        return 1;
    }
    return 0;
}
