/* Training steps in C, their gradients derived by hand. Every state is the flat list of the parameters, the entries of
 * W1 row by row, then b1, W2, b2 and so on; c_peer.py compiles this file and calls the functions without "static". */

#include <math.h>
#include <string.h>

/* --- XOR: 2-2-1, sigmoids, half the sum of squares ---------------------------------------------------------------- */

enum { SAMPLES = 4, XOR_PARAMETERS = 9 };

typedef struct {
    double rate, x0[SAMPLES], x1[SAMPLES], target[SAMPLES];
} XorSamples;

#ifdef __FAST_MATH__
/* Compute the gradient g at the parameters p, in one loop: each exp in it is taken of a vector of samples. */
static inline void xor_backward(const XorSamples *in, const double p[XOR_PARAMETERS], double g[XOR_PARAMETERS]) {
    memset(g, 0, XOR_PARAMETERS * sizeof(double));
    for (int s = 0; s < SAMPLES; s++) {
        double x0 = in->x0[s], x1 = in->x1[s];
        double h0 = 1.0 / (1.0 + exp(-(x0 * p[0] + x1 * p[2] + p[4])));
        double h1 = 1.0 / (1.0 + exp(-(x0 * p[1] + x1 * p[3] + p[5])));
        double y = 1.0 / (1.0 + exp(-(h0 * p[6] + h1 * p[7] + p[8])));
        double delta = (y - in->target[s]) * y * (1.0 - y);
        double delta0 = delta * p[6] * h0 * (1.0 - h0);
        double delta1 = delta * p[7] * h1 * (1.0 - h1);
        g[0] += x0 * delta0;
        g[1] += x0 * delta1;
        g[2] += x1 * delta0;
        g[3] += x1 * delta1;
        g[4] += delta0;
        g[5] += delta1;
        g[6] += h0 * delta;
        g[7] += h1 * delta;
        g[8] += delta;
    }
}

#else
#define EACH_SAMPLE for (int s = 0; s < SAMPLES; s++)

/* The sum of a product for each sample. */
static inline double dot(const double left[SAMPLES], const double right[SAMPLES]) {
    return (left[0] * right[0] + left[1] * right[1]) + (left[2] * right[2] + left[3] * right[3]);
}

/* Compute the gradient g at the parameters p. What is done to one sample is done to four at once. */
static inline void xor_backward(const XorSamples *in, const double p[XOR_PARAMETERS], double g[XOR_PARAMETERS]) {
    const double one[SAMPLES] = {1.0, 1.0, 1.0, 1.0};
    double h[2][SAMPLES], delta[SAMPLES], back[SAMPLES];
    for (int j = 0; j < 2; j++)
        EACH_SAMPLE h[j][s] = 1.0 / (1.0 + exp(-(in->x0[s] * p[j] + in->x1[s] * p[2 + j] + p[4 + j])));
    EACH_SAMPLE {
        double y = 1.0 / (1.0 + exp(-(h[0][s] * p[6] + h[1][s] * p[7] + p[8])));
        delta[s] = (y - in->target[s]) * y * (1.0 - y);
    }
    for (int j = 0; j < 2; j++) {
        EACH_SAMPLE back[s] = delta[s] * p[6 + j] * h[j][s] * (1.0 - h[j][s]);
        g[j] = dot(in->x0, back);
        g[2 + j] = dot(in->x1, back);
        g[4 + j] = dot(one, back);
        g[6 + j] = dot(h[j], delta);
    }
    g[8] = dot(one, delta);
}
#endif

/* Write the gradient at the parameters. */
void xor_gradient(const XorSamples *samples, const double *parameters, double *gradient) {
    xor_backward(samples, parameters, gradient);
}

/* Do so many steps of gradient descent. */
void xor_advance(long count, const XorSamples *samples, double *parameters) {
    const XorSamples in = *samples;
    double p[XOR_PARAMETERS], g[XOR_PARAMETERS];
    memcpy(p, parameters, sizeof p);
    for (long step = 0; step < count; step++) {
        xor_backward(&in, p, g);
        for (int i = 0; i < XOR_PARAMETERS; i++)
            p[i] -= in.rate * g[i];
    }
    memcpy(parameters, p, sizeof p);
}

/* --- The demo: 2-16-16-1, ReLU, hinge loss + penalty ---------------------------------------------------------------
 *
 * A vector holds some neurons of a layer, of one row. TILE rows go through the layers at once, so that a row of weights
 * is loaded once for all of them; BLOCK rows have their share of dW2 added up in registers. The number of rows has to be
 * a multiple of BLOCK: a row whose target is 0 adds nothing to the gradient. */

#ifdef __AVX512F__
#define LANES 8
#else
#define LANES 4
#endif
#define TILE 5
#define BLOCK 20
#define HIDDEN 16
#define VECTORS (HIDDEN / LANES)
#define EACH_ROW for (int r = 0; r < TILE; r++)
#define EACH_VECTOR for (int v = 0; v < VECTORS; v++)

typedef double Vector __attribute__((vector_size(8 * LANES), may_alias));
typedef long long Mask __attribute__((vector_size(8 * LANES)));
typedef Vector Layer[VECTORS];

typedef struct {
    Layer w1[2], b1, w2[HIDDEN], b2, w3;
    double b3;
} Demo;

enum { DEMO_PARAMETERS = 2 * HIDDEN + HIDDEN + HIDDEN * HIDDEN + HIDDEN + HIDDEN + 1 };

typedef struct {
    long rows;
    double mean, rate, penalty; /* mean: 1 / the number of rows that count */
    const double *x0, *x1, *target;
} DemoSamples;

/* Keep the numbers of z where sign is positive, with zeros elsewhere. */
static inline Vector where_positive(Vector sign, Vector z) {
    return (Vector)((Mask)(sign > 0.0) & (Mask)z);
}

/* The sum of all numbers of a layer. */
static inline double total(const Layer layer) {
    Vector all = layer[0];
    for (int v = 1; v < VECTORS; v++)
        all += layer[v];
    double half[LANES / 2], result = 0.0;
    for (int i = 0; i < LANES / 2; i++)
        half[i] = all[i] + all[i + LANES / 2];
    for (int i = 0; i < LANES / 2; i++)
        result += half[i];
    return result;
}

/* Compute acc[r] += rows[r] · matrix, for TILE rows. */
static inline void multiply(const double (*rows)[HIDDEN], const Layer *matrix, Layer *acc) {
    for (int j = 0; j < HIDDEN; j++)
        EACH_ROW EACH_VECTOR acc[r][v] += rows[r][j] * matrix[j][v];
}

/* Compute the gradient g at the parameters p, without the penalty. */
static inline void demo_backward(const DemoSamples *in, const Demo *p, Demo *g) {
    _Alignas(64) double h1[BLOCK][HIDDEN], delta2[BLOCK][HIDDEN];
    _Alignas(64) Layer transposed[HIDDEN];
    for (int j = 0; j < HIDDEN; j++)
        for (int k = 0; k < HIDDEN; k++)
            ((double *)transposed[k])[j] = ((const double *)p->w2[j])[k];
    memset(g, 0, sizeof *g);
    for (long start = 0; start < in->rows; start += BLOCK) {
        const double *x0 = in->x0 + start, *x1 = in->x1 + start, *target = in->target + start;
        for (int row = 0; row < BLOCK; row += TILE) {
            Layer h2[TILE], delta1[TILE];
            EACH_ROW EACH_VECTOR {
                Vector z = p->b1[v] + x0[row + r] * p->w1[0][v] + x1[row + r] * p->w1[1][v];
                ((Vector *)h1[row + r])[v] = where_positive(z, z);
                h2[r][v] = p->b2[v];
                delta1[r][v] = (Vector){0};
            }
            multiply(h1 + row, p->w2, h2);
            EACH_ROW {
                Layer product;
                EACH_VECTOR h2[r][v] = where_positive(h2[r][v], h2[r][v]);
                EACH_VECTOR product[v] = h2[r][v] * p->w3[v];
                double t = target[row + r], score = p->b3 + total(product);
                double delta3 = 1.0 - t * score > 0.0 ? -t * in->mean : 0.0;
                g->b3 += delta3;
                EACH_VECTOR {
                    Vector delta = where_positive(h2[r][v], delta3 * p->w3[v]);
                    g->w3[v] += delta3 * h2[r][v];
                    g->b2[v] += delta;
                    ((Vector *)delta2[row + r])[v] = delta;
                }
            }
            multiply(delta2 + row, transposed, delta1);
            EACH_ROW EACH_VECTOR {
                Vector delta = where_positive(((Vector *)h1[row + r])[v], delta1[r][v]);
                g->w1[0][v] += x0[row + r] * delta;
                g->w1[1][v] += x1[row + r] * delta;
                g->b1[v] += delta;
            }
        }
        for (int j = 0; j < HIDDEN; j += LANES) {
            Layer acc[LANES];
            memcpy(acc, g->w2 + j, sizeof acc);
            for (int row = 0; row < BLOCK; row++)
                for (int i = 0; i < LANES; i++)
                    EACH_VECTOR acc[i][v] += h1[row][j + i] * ((Vector *)delta2[row])[v];
            memcpy(g->w2 + j, acc, sizeof acc);
        }
    }
}

/* Write the gradient at the parameters. */
void demo_gradient(const DemoSamples *samples, const double *parameters, double *gradient) {
    Demo p, g;
    memcpy(&p, parameters, DEMO_PARAMETERS * sizeof(double));
    demo_backward(samples, &p, &g);
    for (int i = 0; i < DEMO_PARAMETERS; i++)
        gradient[i] = ((double *)&g)[i] + 2.0 * samples->penalty * parameters[i];
}

/* Do so many steps of gradient descent. */
void demo_advance(long count, const DemoSamples *samples, double *parameters) {
    const double rate = samples->rate, decay = 1.0 - 2.0 * rate * samples->penalty;
    Demo p, g;
    memcpy(&p, parameters, DEMO_PARAMETERS * sizeof(double));
    for (long step = 0; step < count; step++) {
        demo_backward(samples, &p, &g);
        double *numbers = (double *)&p, *slopes = (double *)&g;
        for (int i = 0; i < DEMO_PARAMETERS; i++)
            numbers[i] = decay * numbers[i] - rate * slopes[i];
    }
    memcpy(parameters, &p, DEMO_PARAMETERS * sizeof(double));
}
