#include "shapes.h"
// Twice: the guard.
#include "shapes.h"
#include "host.h"

int main(int argc, char **argv) {
  static_assert(sizeof(Small) == 8 && sizeof(Large) == 48, "as the library lays them");
  return use(argc > 1 ? argv[1] : "");
}
