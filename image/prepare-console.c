/*
 * What has to be done with privileges before the application starts, which has none. Standard input is its terminal.
 *
 * The keyboard: the virtual consoles get the one that was chosen in the boot menu (strongroom.keys=NAME on the kernel's
 * line). The layouts are files of the image, and only names of such files are taken. With Control a letter gives its control
 * character wherever the layout has put the letter.
 *
 * The letters: the kernel takes large ones for a screen of high resolution, and where the boot menu asks for them. Where fewer than
 * 80 columns or 24 rows of them would fit, which no screen of ours fits into, they become small.
 *
 * The console: nobody switches to another one. The others have nothing on them, but a screen that goes blank in the middle of
 * a ceremony because somebody brushed Alt-F2 is a screen that people stop trusting. The kernel's keymap does the switching, not
 * the application, so only VT_LOCKSWITCH stops it. A serial line has none of these three, and keeps what it has.
 *
 * The sockets: the kernel is asked for one of every address family that there could be, and the numbers of those that exist
 * go into the FILE that the command names. The application can not ask: its seccomp filter refuses before the kernel is
 * reached. A family that is not there answers EAFNOSUPPORT to everything; any other answer counts as existing.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/kd.h>
#include <linux/keyboard.h>
#include <linux/vt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define COLUMNS 80
#define ROWS 24
#define SMALL "VGA8x16" /* the kernel's name for it */
#define FAMILIES 64 /* Linux 6.12 knows 46 */
#define FOLDER "/usr/lib/strongroom/keymaps/"
#define WORD "strongroom.keys="

static const unsigned char LEVELS[] = {0, 1 << KG_SHIFT, 1 << KG_ALTGR, 1 << KG_SHIFT | 1 << KG_ALTGR};

static int is_chosen(char *name, size_t size)
{
    char line[4096] = "", *found;
    FILE *file = fopen("/proc/cmdline", "r");
    size_t length;

    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 0;
    fclose(file);
    found = strstr(line, WORD);
    if (found == NULL)
        return 0;
    found += strlen(WORD);
    length = strspn(found, "abcdefghijklmnopqrstuvwxyz");
    if (length == 0 || length >= size)
        return 0;
    memcpy(name, found, length);
    name[length] = '\0';
    return 1;
}

static int set(unsigned char table, unsigned char key, unsigned short value)
{
    struct kbentry entry = {table, key, value};
    return ioctl(STDIN_FILENO, KDSKBENT, &entry);
}

static int set_key(unsigned key, const unsigned values[4])
{
    unsigned plain = values[0] & 0xff;

    for (unsigned level = 0; level < 4; level++)
        if (set(LEVELS[level], (unsigned char)key, (unsigned short)values[level]) != 0)
            return -1;
    if (values[0] >> 8 == KT_LETTER && plain < 0x80 && isalpha((int)plain))
        return set(1 << KG_CTRL, (unsigned char)key, K(KT_LATIN, plain & 0x1f));
    return 0;
}

static int set_keyboard(void)
{
    char name[8], path[sizeof FOLDER + sizeof name + sizeof ".keys"], line[256];
    unsigned key, values[4];
    FILE *file;
    int mode;

    if (ioctl(STDIN_FILENO, KDGKBMODE, &mode) != 0 || !is_chosen(name, sizeof name))
        return 0;
    snprintf(path, sizeof path, FOLDER "%s.keys", name);
    file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "%u %x %x %x %x", &key, &values[0], &values[1], &values[2], &values[3]) == 5 &&
            key < NR_KEYS && set_key(key, values) != 0) {
            perror("keyboard");
            return 1;
        }
    return 0;
}

static void fit_letters(void)
{
    char name[] = SMALL;
    struct console_font_op font = {.op = KD_FONT_OP_SET_DEFAULT, .data = (unsigned char *)name};
    struct winsize size;
    int mode;

    if (ioctl(STDIN_FILENO, KDGKBMODE, &mode) != 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0)
        return;
    if (size.ws_col >= COLUMNS && size.ws_row >= ROWS)
        return;
    if (ioctl(STDIN_FILENO, KDFONTOP, &font) != 0)
        perror("letters"); /* too large is still better than no station */
}

static int lock_console(void)
{
    struct vt_stat state;

    if (ioctl(STDIN_FILENO, VT_GETSTATE, &state) != 0)
        return 0;
    if (ioctl(STDIN_FILENO, VT_LOCKSWITCH, 1) != 0) {
        perror("console");
        return 1;
    }
    return 0;
}

static int try_sockets(const char *path)
{
    FILE *found;

    umask(022); /* anybody may read it */
    found = fopen(path, "we");
    if (found == NULL) {
        perror(path);
        return 1;
    }
    for (int family = 0; family < FAMILIES; family++) {
        int descriptor = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (descriptor >= 0 || errno != EAFNOSUPPORT)
            fprintf(found, "%d\n", family);
        if (descriptor >= 0)
            close(descriptor);
    }
    return fclose(found) == 0 ? 0 : 1;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fputs("prepare-console FILE\n", stderr);
        return 2;
    }
    fit_letters();
    return set_keyboard() != 0 || lock_console() != 0 || try_sockets(arguments[1]) != 0;
}
