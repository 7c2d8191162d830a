/* Breadth-first search over compact rows, with predecessors: about as fast as one core finds what is reached.
 *
 * The entries of node i are entries[offsets[i]] to entries[offsets[i + 1] - 1]. `seen` says of each node in
 * which run it was found last, so nothing has to be cleared between runs. `found` receives the nodes in the
 * order found, `previous` by node the one it was found from. Returns how many were found, `start` included.
 */
#include <stdint.h>

int32_t reach(const int32_t *offsets, const int32_t *entries, int32_t start, int32_t run,
              int32_t *seen, int32_t *previous, int32_t *found)
{
    int32_t count = 1;
    found[0] = start;
    previous[start] = -1;
    seen[start] = run;
    for (int32_t next = 0; next < count; next++) {
        int32_t node = found[next];
        for (int32_t place = offsets[node]; place < offsets[node + 1]; place++) {
            int32_t other = entries[place];
            if (seen[other] != run) {
                seen[other] = run;
                previous[other] = node;
                found[count++] = other;
            }
        }
    }
    return count;
}
