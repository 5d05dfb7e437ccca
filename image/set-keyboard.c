/*
 * Gives the virtual consoles the keyboard that was chosen in the boot menu (strongroom.keys=NAME on the kernel's line).
 *
 * Only a privileged process may do this, and so it is done before the application starts, which has no privilege. The
 * layouts are files of the image, and only names of such files are taken. A serial line has no keyboard of ours.
 * With Control a letter gives its control character wherever the layout has put the letter.
 */
#include <ctype.h>
#include <linux/kd.h>
#include <linux/keyboard.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

int main(void)
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
            perror("set-keyboard");
            return 1;
        }
    return 0;
}
