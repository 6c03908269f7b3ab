/* What the library calls back, for C and C++. */
#include <stdio.h>
#include <string.h>
#include "shapes.h"

#ifdef __cplusplus
extern "C" {
#endif
Point host_scale(Point point, double by);
Large host_large(Large large);
int8_t host_narrow(int8_t a, uint16_t b, bool c);
int32_t host_again(int32_t depth);
#ifdef __cplusplus
}
#endif

Point host_scale(Point point, double by) {
  Point scaled = {point.x * by, point.y * by};
  return scaled;
}
Large host_large(Large large) {
  large.to.x += 100;
  large.marks[2] = 7;
  return large;
}
int8_t host_narrow(int8_t a, uint16_t b, bool c) { return c && b == 65535 ? a : 0; }
int32_t host_again(int32_t depth) { return nested(depth); }

static int use(const char *what) {
  if (strcmp(what, "divide") == 0)
    return divide(1, 0);
  if (strcmp(what, "fails") == 0)
    return fails();
  if (strcmp(what, "task") == 0)
    starts_a_task();
  Point a = {1.5, 2}, b = {3, 4};
  Point sum = add_points(a, b);
  printf("points %g %g\n", sum.x, sum.y);
  Small small = {5, 1000, -7};
  small = turn_small(small);
  printf("small %d %d %d\n", small.a, small.b, small.c);
  Floats floats = make_floats(1.25f);
  printf("floats %g %g\n", (double)floats.b, (double)sum_floats(floats));
  Mixed mixed = make_mixed(6, 0.5);
  printf("mixed %d %g\n", (int)mixed.number, mixed.weight);
  Large large = {a, b, {1, 2, 3}, 250};
  Large moved = move_large(large, 0.25);
  printf("large %g %g %d %d %d\n", moved.from.y, moved.to.x, (int)moved.marks[1], (int)moved.marks[2], moved.class_);
  printf("many %g\n", many(1, 2, 3, 4, mixed, 5, mixed, 0.125));
  printf("narrow %d\n", narrow(-100, 65535, true, 0xfc));
  grow(&a, 2);
  printf("grown %g %g, %g %g\n", a.x, a.y, length_or(&b, -1), length_or(NULL, -1));
  printf("opaque %d\n", same((Hidden *)&a, NULL) == (Hidden *)&a);
  printf("host %g\n", through_host(b, large));
  printf("calls %d %d\n", (int)calls(), (int)calls());
  printf("text %d\n", (int)text_length(1000));
  printf("waited %d\n", (int)wait_for(2, 41));
  moved = later_large(large, b);
  printf("later %g %g %d\n", moved.from.x, moved.to.y, (int)moved.marks[0]);
  printf("tasks %d\n", (int)many_tasks(100));
  printf("nested %d\n", nested(3));
  return 0;
}
