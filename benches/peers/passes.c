/* Single passes of the hand-written C, on request, so that others can be timed in between.
   usage: passes SCENARIOS; reads "kind threads" lines and answers with the seconds of one pass each;
   kinds are those of bench_h_native.c; "-1 kind" writes the first 1,000 payments of a kind to out.i64. */
#define main all_at_once
#include "bench_h_native.c"
#undef main
int main(int ac, char **av) {
  i64 base = 100000;
  N_ = ac > 1 ? atoll(av[1]) : 1000000;
  i64 *raw = malloc(base * 256);
  FILE *f = fopen("scenarios.i64", "rb");
  if (!f || fread(raw, 256, base, f) != (size_t)base) { puts("no scenarios.i64"); return 1; }
  fclose(f);
  X = malloc(N_ * 256); O = malloc(N_ * 64); XF = malloc(N_ * 256); OF = malloc(N_ * 64);
  memset(O, 0, N_ * 64); memset(OF, 0, N_ * 64);
  for (i64 i = 0; i < N_; i++) {
    memcpy(X + i * 32, raw + (i % base) * 32, 256);
    for (int j = 0; j < 32; j++) XF[j * N_ + i] = (double)raw[(i % base) * 32 + j];
  }
  mkrec();
  puts("ready"); fflush(stdout);
  int a, b;
  while (scanf("%d %d", &a, &b) == 2) {
    if (a < 0) {
      FILE *w = fopen("out.i64", "wb");
      for (i64 i = 0; i < 1000; i++)
        for (int j = 0; j < 8; j++) {
          i64 v = b == 2 ? (i64)llround(OF[j * N_ + i]) : O[i * 8 + j];
          fwrite(&v, 8, 1, w);
        }
      fclose(w); puts("0");
    } else {
      kind = a;
      double t = now(); go(b); printf("%.9f\n", now() - t);
    }
    fflush(stdout);
  }
  return 0;
}
