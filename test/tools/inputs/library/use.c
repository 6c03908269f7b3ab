#include <pthread.h>
#include "host.h"

static void *one(void *result) {
  *(int64_t *)result = wait_for(1, 1) + many_tasks(10);
  return NULL;
}

int main(int argc, char **argv) {
  int status = use(argc > 1 ? argv[1] : "");
  pthread_t threads[8];
  int64_t results[8], sum = 0;
  for (int i = 0; i < 8; ++i)
    if (pthread_create(&threads[i], NULL, one, &results[i]) != 0)
      return 1;
  for (int i = 0; i < 8; ++i) {
    pthread_join(threads[i], NULL);
    sum += results[i];
  }
  printf("threads %d\n", (int)sum);
  return status;
}
