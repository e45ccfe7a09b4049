/* SPDX-License-Identifier: MIT */
/*
 * Macros that take the argument list of a row of syscalls.def apart. An argument is a tuple whose
 * first member is its kind; who includes the table defines what a kind means to it:
 *
 *   #define PARAM(i, arg) J6_ARG(PARAM_, i, arg)       // calls PARAM_HANDLE(i, type, name, rights) …
 *   J6_LIST(PARAM, args)                               // with commas between
 *   J6_EACH(PARAM, args)                               // without
 */
#pragma once

#define J6_ARG(prefix, i, arg)            J6_ARG_OPEN(prefix, i, J6_ARG_UNPACK arg)
#define J6_ARG_UNPACK(...)                __VA_ARGS__
#define J6_ARG_OPEN(prefix, i, ...)       J6_ARG_KIND(prefix, i, __VA_ARGS__)
#define J6_ARG_KIND(prefix, i, kind, ...) prefix##kind(i, __VA_ARGS__)

#define J6_APPLY(m, ...) m(__VA_ARGS__)

#define J6_COUNT(...)                                     J6_COUNT_PICK(0 __VA_OPT__(, ) __VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)
#define J6_COUNT_PICK(_0, _1, _2, _3, _4, _5, _6, n, ...) n

#define J6_PASTE(a, b)          J6_PASTE_EXPANDED(a, b)
#define J6_PASTE_EXPANDED(a, b) a##b

#define J6_LIST(m, ...) J6_PASTE(J6_LIST_, J6_COUNT(__VA_ARGS__))(m __VA_OPT__(, ) __VA_ARGS__)
#define J6_LIST_0(m)
#define J6_LIST_1(m, a)                m(0, a)
#define J6_LIST_2(m, a, b)             m(0, a), m(1, b)
#define J6_LIST_3(m, a, b, c)          m(0, a), m(1, b), m(2, c)
#define J6_LIST_4(m, a, b, c, d)       m(0, a), m(1, b), m(2, c), m(3, d)
#define J6_LIST_5(m, a, b, c, d, e)    m(0, a), m(1, b), m(2, c), m(3, d), m(4, e)
#define J6_LIST_6(m, a, b, c, d, e, f) m(0, a), m(1, b), m(2, c), m(3, d), m(4, e), m(5, f)

#define J6_EACH(m, ...) J6_PASTE(J6_EACH_, J6_COUNT(__VA_ARGS__))(m __VA_OPT__(, ) __VA_ARGS__)
#define J6_EACH_0(m)
#define J6_EACH_1(m, a)                m(0, a)
#define J6_EACH_2(m, a, b)             m(0, a) m(1, b)
#define J6_EACH_3(m, a, b, c)          m(0, a) m(1, b) m(2, c)
#define J6_EACH_4(m, a, b, c, d)       m(0, a) m(1, b) m(2, c) m(3, d)
#define J6_EACH_5(m, a, b, c, d, e)    m(0, a) m(1, b) m(2, c) m(3, d) m(4, e)
#define J6_EACH_6(m, a, b, c, d, e, f) m(0, a) m(1, b) m(2, c) m(3, d) m(4, e) m(5, f)
