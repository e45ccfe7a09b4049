/* SPDX-License-Identifier: MIT */
/*
 * The protocol of kernel/wait.h: a thread waits twice for the signal of an object, with or without a
 * deadline, while somebody sets the signal, kills the thread or closes the object, in any order. The steps
 * have the names that they have there.
 *
 * Checked in every order of steps: each wait is ended once (the assertions), a time-out ends no later wait
 * than its own, and nobody is left waiting for what has happened (a state without a way on).
 *
 * BUG breaks the protocol on purpose; each must be found:
 *   1  the thread doesn't look whether it was killed when it has begun to wait
 *   2  the thread looks for the signal before it takes the lock
 *   3  a time-out doesn't compare the round
 *   4  a kill doesn't look whether the wait is still there when it has the lock
 *   5  a wait without a deadline doesn't count as a round of the timer
 */
#ifndef BUG
#define BUG 0
#endif

#define WAITS 2

mtype = { RUNNING, BLOCKED };

mtype state = RUNNING;
bool locked;          /* the object's lock */
bool signalled, closed;
bool killed;
bool waits;           /* wait.lock isn't NULL */
bool queued;          /* the thread is in the object's list of waiters */
bool armed;           /* the timer is in its queue */
byte round;           /* of the timer */
byte number;          /* counts the waits */

inline lock()
{
    atomic { !locked -> locked = true }
}

inline unlock()
{
    locked = false
}

/* E2, with the lock held */
inline end_wait()
{
    assert(locked && waits && queued && state == BLOCKED);
    queued = false;
    armed = false; /* under the timer queue's lock, so one step */
    waits = false;
    state = RUNNING
}

proctype thread()
{
    byte count = 0;
    bool seen;
    do
    :: count == WAITS || killed || closed -> break
    :: else ->
        count++;
        seen = signalled;
        lock();
        if
        :: BUG != 2 -> seen = signalled
        :: else
        fi;
        if
        :: seen || closed -> unlock()   /* W1 */
        :: else ->
            queued = true;
            state = BLOCKED;
            number++;
            if
            :: atomic { armed = true; round++ } /* it has a deadline */
            :: BUG != 5 -> round++
            :: BUG == 5
            fi;
            waits = true;               /* W2' */
            if
            :: BUG != 1 && killed -> end_wait() /* W2" */
            :: else
            fi;
            unlock();                   /* W3 */
            state == RUNNING
        fi
    od
}

/* The clock may reach any deadline at any time, or never. */
proctype clock()
{
    byte fired, wanted;
end:
    do
    :: atomic { armed -> armed = false; fired = round; wanted = number };
        if
        :: waits ->                     /* C1 */
            lock();                     /* C2 */
            if
            :: waits && (fired == round || BUG == 3) -> /* C3 */
                assert(wanted == number);
                end_wait()
            :: else
            fi;
            unlock()
        :: else
        fi
    od
}

proctype signaller()
{
    lock();                             /* E1 */
    signalled = true;
    if
    :: queued -> end_wait()
    :: else
    fi;
    unlock()
}

/* A signal that is set and cleared at once: who waits for it goes on, and may wait again. */
proctype pulse()
{
    lock();
    if
    :: queued -> end_wait()
    :: else
    fi;
    unlock()
}

proctype closer()
{
    lock();
    closed = true;
    if
    :: queued -> end_wait()
    :: else
    fi;
    unlock()
}

proctype killer()
{
    killed = true;                      /* K1 */
    if
    :: waits ->                         /* K2, C1 */
        lock();                         /* C2 */
        if
        :: waits || BUG == 4 -> end_wait() /* C3 */
        :: else
        fi;
        unlock()
    :: else
    fi
}

/* At least one thing happens that ends every wait. */
init
{
    atomic {
        run thread();
        run clock();
        run pulse();
        if
        :: run signaller()
        :: run killer()
        :: run closer()
        :: run signaller(); run killer()
        :: run signaller(); run closer()
        :: run killer(); run closer()
        :: run signaller(); run killer(); run closer()
        fi
    }
}
