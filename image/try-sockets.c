/*
 * Asks the kernel for a socket of every address family that there could be, and prints the numbers of those that exist.
 *
 * The application itself can not ask: its seccomp filter refuses before the kernel is reached. So this runs before it,
 * without a filter. A family that is not there answers EAFNOSUPPORT to everything; any other answer counts as existing.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAMILIES 64 /* Linux 6.12 knows 46 */

int main(int count, char **arguments)
{
    FILE *found;

    umask(022); /* anybody may read it */
    found = count == 2 ? fopen(arguments[1], "we") : NULL;

    if (found == NULL) {
        perror("try-sockets FILE");
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
