/* shapes.h: made by asyncc build --lib. A panic in one of these functions ends the process with its message. */
#ifndef SHAPES_H
#define SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Point Point;
typedef struct Small Small;
typedef struct Floats Floats;
typedef struct Mixed Mixed;
typedef struct Large Large;
typedef struct Hidden Hidden;

struct Point {
  double x;
  double y;
};

struct Small {
  int8_t a;
  uint16_t b;
  int32_t c;
};

struct Floats {
  float a;
  float b;
  float c;
};

struct Mixed {
  int64_t number;
  double weight;
};

struct Large {
  Point from;
  Point to;
  int32_t marks[3];
  uint8_t class_;
};

int64_t calls(void);
Point add_points(Point a, Point b);
Small turn_small(Small small);
float sum_floats(Floats floats);
Floats make_floats(float a);
Mixed make_mixed(int64_t number, double weight);
Large move_large(Large large, double by);
double many(int64_t a, int64_t b, int64_t c, int64_t d, Mixed last, int64_t e, Mixed late, double f);
int8_t narrow(int8_t a, uint16_t b, bool c, uint32_t d);
void grow(Point *point, double by);
double length_or(const Point *point, double otherwise);
Hidden *same(Hidden *hidden, const uint8_t *const *names);
double through_host(Point point, Large large);
int32_t divide(int32_t a, int32_t b);
int64_t text_length(int64_t n);
/* Returns when all that it has begun has ended. */
int64_t wait_for(int64_t ms, int64_t class_);
/* Returns when all that it has begun has ended. */
Large later_large(Large large, Point point);
/* Returns when all that it has begun has ended. */
int64_t many_tasks(int64_t n);
/* Returns when all that it has begun has ended. */
int32_t nested(int32_t depth);
/* Returns when all that it has begun has ended. */
int32_t fails(void);
void starts_a_task(void);

#ifdef __cplusplus
}
#endif

#endif
