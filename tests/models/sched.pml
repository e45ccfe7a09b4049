/* SPDX-License-Identifier: MIT */
/*
 * How a CPU learns of threads: the pairs of steps of kernel/sched_cpu.h. Others wake a thread of CPU 1
 * through its inbox (S1, S2 and A1, A2), and one of CPU 2, which is so busy that it looks at its inbox only when
 * it is interrupted, and then makes ready what CPU 1 may steal (R1, R2 and I1, I2). CPU 1 goes between its own
 * thread, which never leaves user mode by itself, and idling.
 *
 * Checked in every order of steps: both threads run in the end (else there is a state without a way on).
 *
 * BUG breaks it on purpose; each must be found:
 *   1  CPU 1 looks at what is pending before it says that it runs a thread alone
 *   2  the waker reads how urgent CPU 1's thread is before it fills the inbox
 *   3  CPU 1 looks for threads to steal before it says that it idles
 *   4  CPU 2 looks for idle CPUs before its thread is in the list
 *   5  who wakes the thread of CPU 2 looks for idle CPUs before that is in the inbox
 *   6  CPU 1 idles without a look at CPU 2's inbox
 */
#ifndef BUG
#define BUG 0
#endif

mtype = { BUSY, ALONE, IDLE };

mtype attention = BUSY; /* of CPU 1; BUSY: its turn has an end, it will look by itself */
bool inbox, pending;    /* of CPU 1 */
bool sent;              /* the thread in CPU 2's inbox … */
bool kicked2;           /* … the interrupt that makes it look … */
bool ready;             /* … and the thread in its list of ready ones */
bool idle_bit;          /* of CPU 1 in idle_cpus */
bool kicked;            /* an interrupt is on its way to CPU 1 */
bool woken_runs, stolen_runs;

proctype waker()
{
    mtype seen;
    if
    :: BUG == 2 -> seen = attention
    :: else
    fi;
    inbox = true;           /* S1 */
    pending = true;
    if
    :: BUG != 2 -> seen = attention /* S2 */
    :: else
    fi;
    if
    :: seen != BUSY -> kicked = true
    :: else
    fi
}

proctype sender()
{
    bool idles;
    if
    :: BUG == 5 -> idles = idle_bit
    :: else
    fi;
    sent = true;            /* S1 */
    if
    :: BUG != 5 -> idles = idle_bit /* S2 */
    :: else
    fi;
    if
    :: idles -> kicked2 = true
    :: else
    fi
}

proctype cpu2()
{
    bool idles;
    kicked2;
    sent = false;
    if
    :: BUG == 4 -> idles = idle_bit
    :: else
    fi;
    ready = true;           /* R1 */
    if
    :: BUG != 4 -> idles = idle_bit /* R2 */
    :: else
    fi;
    if
    :: idles -> idle_bit = false; kicked = true
    :: else
    fi
}

/* What CPU 1 finds in its inbox runs, and then waits: it is alone, or idle, again. */
inline empty_inbox()
{
    pending = false;
    if
    :: atomic { inbox -> inbox = false; woken_runs = true }
    :: else
    fi
}

inline look_for_work()
{
    if
    :: atomic { ready -> ready = false; stolen_runs = true }
    :: else
    fi;
    if
    :: BUG != 6 && sent -> kicked2 = true
    :: else
    fi
}

proctype cpu1()
{
    do
    :: woken_runs && stolen_runs -> break
    :: else ->
        if
        :: !stolen_runs -> /* idles */
            attention = IDLE;
            if
            :: BUG == 3 -> look_for_work(); idle_bit = true
            :: else -> idle_bit = true; look_for_work() /* I1, I2 */
            fi;
            if
            :: pending -> empty_inbox()
            :: else -> (kicked || stolen_runs || pending); kicked = false
            fi;
            idle_bit = false
        :: else ->         /* its own thread runs, until it is interrupted */
            if
            :: BUG == 1 && !pending -> attention = ALONE; kicked; kicked = false
            :: BUG != 1 ->
                attention = ALONE; /* A1 */
                if
                :: pending         /* A2 */
                :: else -> kicked; kicked = false
                fi
            :: else
            fi;
            empty_inbox();
            attention = BUSY
        fi
    od
}

init
{
    atomic {
        run waker();
        run sender();
        run cpu2();
        run cpu1()
    }
}
