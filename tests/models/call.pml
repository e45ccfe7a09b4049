/* SPDX-License-Identifier: MIT */
/*
 * Calls, by the steps of ipc/exchange.h: a caller that calls twice, or two callers, and a process of two threads
 * that receive, of which one replies. Messages are short, or long with a handle, which the reply takes
 * back. Two things come in between, at any step: deadlines pass, the caller or the server is killed, the
 * endpoint closes; and memory can't be read or written. What happens under the endpoint's lock is one step.
 *
 * Checked in every order of steps: each call ends once, with a status that has its reason; a reply reaches the
 * call that it is for, or no call; a handle is in one table, or closed; nobody joins the callers of a service
 * that was freed; the queue and the receivers are never both in use; and when nothing happens any
 * more, nobody waits for someone who has gone.
 *
 * BUG breaks it on purpose; each must be found:
 *   1  what comes during a copy is forgotten (wait.late)
 *   2  what comes during a copy ends the wait at once
 *   3  a receiver that got nothing waits again though messages are queued
 *   4  a message that couldn't be received is queued again though somebody waits to receive
 *   5  a reply is for the thread, whichever call it makes
 *   6  after a copy nobody looks whether the endpoint has closed
 *   7  a caller joins its service though the endpoint has closed
 *   8  the end of a process forgets the callers that it owes a reply
 *   9  handles of a reply that nobody takes stay where they are
 *  10  a sender whose message couldn't be copied gives the receiver up
 *  11  who finds the endpoint closed has taken a receiver out before
 *  12  the end of a service ends callers whose replies are being copied
 */
#ifndef BUG
#define BUG 0
#endif

#define CALLS 3         /* 0 and then 1 by caller 0, 2 by caller 1 */
#define CALLER(k) (k / 2)
#define LONG(k)   (k != 1)

mtype = { RUNS, QUEUED, RECEIVES, COPIED, SERVED };             /* how a thread waits */
mtype = { OK, TIMED_OUT, CANCELLED, CLOSED, BAD_ADDRESS };      /* a status */

/* Callers */
mtype caller[2] = RUNS;
mtype caller_late[2];
byte current[2];        /* the call that it makes */
bool deadlines;         /* they pass */
bool killed[2];         /* only 0 is */

/* The server: its threads, its process, and the service that this has at the endpoint */
mtype server[2] = RUNS;
mtype server_late[2];
byte server_threads = 2;
bool server_killed;
bool service, linked;   /* it is in memory; it is in the endpoint's list */
bool used[CALLS];       /* a thread has begun to reply */
bool server_failed;     /* its memory, which happens once */
bool tried;             /* one has begun to reply once more */

/* Calls */
bool ended[CALLS];
bool owed[CALLS];       /* it is in the list of the service */
bool known[CALLS];      /* the server has its token */
bool answered[CALLS];   /* it got a reply */
bool given_up[CALLS];
bool fired[CALLS];      /* its deadline has passed */
bool at_caller[CALLS], at_server[CALLS], handle_closed[CALLS]; /* where its handle is */

bool closed;

#define QUEUE_IN_USE     (caller[0] == QUEUED || caller[1] == QUEUED)
#define RECEIVERS_IN_USE (server[0] == RECEIVES || server[1] == RECEIVES)

#define HANDLES(k)       (at_caller[k] + at_server[k] + handle_closed[k])

inline check()
{
    assert(!(QUEUE_IN_USE && RECEIVERS_IN_USE));
    assert(HANDLES(0) <= 1 && HANDLES(1) == 0 && HANDLES(2) <= 1)
}

/* ---- ends of waits -------------------------------------------------------------------------- */

inline end_call(k, status)
{
    assert(!ended[k] && current[CALLER(k)] == k && !owed[k]);
    assert(status != OK || answered[k]);
    assert(status != TIMED_OUT || fired[k]);
    assert(status != CANCELLED || killed[CALLER(k)]);
    assert(status != CLOSED || closed || server_threads == 0);
    ended[k] = true;
    caller[CALLER(k)] = RUNS;
    caller_late[CALLER(k)] = 0
}

/* That of the partner of a copy */
inline end_late(k, status)
{
    if
    :: caller_late[CALLER(k)] != 0 && BUG != 1 -> end_call(k, caller_late[CALLER(k)])
    :: else -> end_call(k, status)
    fi
}

inline end_receive(i)
{
    assert(server[i] != RUNS);
    server[i] = RUNS;
    server_late[i] = 0
}

/* A time-out or kill of a caller */
inline undo_call(k, status)
{
    if
    :: caller[CALLER(k)] == COPIED && BUG != 2 -> caller_late[CALLER(k)] = status
    :: caller[CALLER(k)] == COPIED && BUG == 2 -> end_call(k, status)
    :: caller[CALLER(k)] == QUEUED -> end_call(k, status)
    :: caller[CALLER(k)] == SERVED -> owed[k] = false; given_up[k] = true; end_call(k, status)
    :: else
    fi
}

inline undo_receive(i)
{
    if
    :: server[i] == COPIED -> server_late[i] = CANCELLED
    :: server[i] == RECEIVES -> end_receive(i)
    :: else
    fi
}

/* ---- messages ------------------------------------------------------------------------------- */

inline join_service(k)
{
    if
    :: !closed || BUG == 7 -> assert(service); owed[k] = true
    :: else
    fi
}

/* The server has the message */
inline deliver(k)
{
    assert(!known[k]);
    known[k] = true;
    join_service(k)
}

/* The running caller's message was delivered */
inline sent(k)
{
    if
    :: closed && BUG != 6 -> owed[k] = false; end_call(k, CLOSED)
    :: else ->
        caller[CALLER(k)] = SERVED;
        if
        :: killed[CALLER(k)] -> undo_call(k, CANCELLED)
        :: else
        fi
    fi
}

/* That of a partner was */
inline received(k)
{
    caller[CALLER(k)] = SERVED;
    if
    :: closed && BUG != 6 || caller_late[CALLER(k)] != 0 && BUG != 1 ->
        owed[k] = false;
        given_up[k] = true;
        end_late(k, CLOSED)
    :: else
    fi
}

inline receiver_return(i)
{
    if
    :: closed && BUG != 6 || server_late[i] != 0 && BUG != 1 || QUEUE_IN_USE && BUG != 3 ->
        end_receive(i) /* it finds out by itself */
    :: else -> server[i] = RECEIVES
    fi
}

inline sender_return(k)
{
    if
    :: closed && BUG != 6 || caller_late[CALLER(k)] != 0 && BUG != 1 -> end_late(k, CLOSED)
    :: else ->
        caller[CALLER(k)] = QUEUED;
        if
        :: server[0] == RECEIVES && BUG != 4 -> end_receive(0)
        :: server[1] == RECEIVES && BUG != 4 -> end_receive(1)
        :: else
        fi
    fi
}

/* The copy, outside of the lock: who failed, 0: nobody */
inline copy(k, from, to, failed)
{
    if
    :: atomic { failed = 0; assert(from && !to); from = false; to = true } /* T4 */
    :: failed = QUEUED                                 /* the caller */
    :: atomic { !server_failed -> server_failed = true; failed = RECEIVES }
    fi
}

/* ---- threads -------------------------------------------------------------------------------- */

proctype call(byte k; byte last)
{
    byte i;
    mtype failed;
next:
    atomic {
        current[CALLER(k)] = k;
        at_caller[k] = LONG(k)
    };
again:
    atomic {
        if
        :: closed ->
            if
            :: BUG == 11 && server[0] == RECEIVES -> server[0] = COPIED
            :: else
            fi;
            end_call(k, CLOSED)
        :: !closed && !RECEIVERS_IN_USE ->
            caller[CALLER(k)] = QUEUED;
            if
            :: killed[CALLER(k)] -> undo_call(k, CANCELLED)
            :: else
            fi
        :: !closed && server[0] == RECEIVES -> i = 0; server[i] = COPIED
        :: !closed && server[1] == RECEIVES -> i = 1; server[i] = COPIED
        fi;
        if
        :: caller[CALLER(k)] != RUNS || ended[k] -> check(); goto end_waits
        :: else
        fi;
        if
        :: !LONG(k) -> deliver(k); end_receive(i); sent(k); check(); goto end_waits /* X2 */
        :: else
        fi
    };
    copy(k, at_caller[k], at_server[k], failed);      /* X3 */
    atomic {
        if
        :: failed == 0 -> deliver(k); end_receive(i); sent(k)
        :: failed == QUEUED && BUG != 10 -> receiver_return(i); end_call(k, BAD_ADDRESS)
        :: failed == QUEUED && BUG == 10 -> end_call(k, BAD_ADDRESS)
        :: failed == RECEIVES ->
            end_receive(i);
            if
            :: killed[CALLER(k)] -> end_call(k, CANCELLED)
            :: else -> goto again
            fi
        fi;
        check()
    };
end_waits:
    atomic {
        caller[CALLER(k)] == RUNS && ended[k];
        if
        :: k != last && !killed[CALLER(k)] -> k++; goto next
        :: else
        fi
    }
}

/* Takes a message, if one is queued */
inline receive(i)
{
    atomic {
        if
        :: closed -> skip
        :: !closed && caller[0] == QUEUED -> k = current[0]; caller[0] = COPIED
        :: !closed && caller[1] == QUEUED -> k = current[1]; caller[1] = COPIED
        :: !closed && !QUEUE_IN_USE ->
            server[i] = RECEIVES;
            if
            :: server_killed -> end_receive(i)
            :: else
            fi
        fi;
        if
        :: closed || server[i] != RUNS || caller[CALLER(k)] != COPIED || k == CALLS -> goto received_it
        :: else
        fi;
        if
        :: !LONG(k) -> deliver(k); received(k); goto received_it /* X2 */
        :: else
        fi
    };
    copy(k, at_caller[k], at_server[k], failed);      /* X3 */
    atomic {
        if
        :: failed == 0 -> deliver(k); received(k)
        :: failed == QUEUED -> end_late(k, BAD_ADDRESS)
        :: failed == RECEIVES -> sender_return(k)
        fi
    };
received_it:
    atomic { check(); k = CALLS; failed = 0 };
end_receives:
    server[i] == RUNS
}

/* The handle comes back with a reply that is long; else it stays */
inline reply()
{
    atomic {
        if
        :: closed -> goto replied
        :: !closed && caller[CALLER(k)] == SERVED && (current[CALLER(k)] == k || BUG == 5)
        :: else ->              /* cancelled, or not_found */
            assert(given_up[k] || ended[k] || caller[CALLER(k)] == COPIED);
            if
            :: given_up[k] && at_server[k] && BUG != 9 -> at_server[k] = false; handle_closed[k] = true
            :: else
            fi;
            assert(!given_up[k] || !at_server[k]);
            goto replied
        fi;
        assert(current[CALLER(k)] == k && !answered[k]);
        if
        :: !at_server[k] -> answered[k] = true; owed[k] = false; end_call(k, OK); goto replied /* X2 */
        :: else -> caller[CALLER(k)] = COPIED
        fi
    };
    copy(k, at_server[k], at_caller[k], failed);      /* X3 */
    atomic {
        if
        :: failed == 0 -> answered[k] = true; owed[k] = false; end_call(k, OK)
        :: failed == QUEUED ->  /* the reply is cancelled */
            owed[k] = false;
            end_call(k, BAD_ADDRESS);
            at_server[k] = false;
            handle_closed[k] = true
        :: failed == RECEIVES && (closed && BUG != 6 || caller_late[CALLER(k)] != 0 && BUG != 1) ->
            owed[k] = false;
            given_up[k] = true;
            end_late(k, CLOSED)
        :: else ->
            assert(service && owed[k]);
            caller[CALLER(k)] = SERVED;
            used[k] = false
        fi
    };
replied:
    atomic { check(); k = CALLS; failed = 0 }
}

proctype serve(byte i)
{
    byte k = CALLS;
    mtype failed;
    atomic {
        if
        :: !closed && !service && !linked -> service = true; linked = true
        :: else
        fi
    };
    do
    :: server_killed || closed -> break
    :: else ->
        if
        :: receive(i)
        :: atomic {
            if
            :: i == 1 && known[0] && !used[0] -> k = 0
            :: i == 1 && known[1] && !used[1] -> k = 1
            :: i == 1 && known[2] && !used[2] -> k = 2
            :: i == 1 && used[0] && !tried -> tried = true; k = 0
            fi;
            used[k] = true };
            reply()
        fi
    od;
    server_threads--
}

/* ---- what comes in between ------------------------------------------------------------------ */

proctype clock()
{
    deadlines = true;
end:
    do
    :: atomic {
        caller[0] != RUNS && !fired[current[0]] ->
            fired[current[0]] = true; undo_call(current[0], TIMED_OUT); check() }
    od
}

proctype kill_caller()
{
    atomic {
        killed[0] = true;
        if
        :: caller[0] != RUNS -> undo_call(current[0], CANCELLED)
        :: else
        fi
    }
}

proctype kill_server()
{
    atomic {
        server_killed = true;
        undo_receive(0);
        undo_receive(1)
    }
}

/* One that somebody copies a reply to is ended by him */
inline end_owed(k)
{
    owed[k] = false;
    if
    :: caller[CALLER(k)] == COPIED && BUG != 12
    :: else -> end_call(k, CLOSED)
    fi
}

/* Who has unlinked the service ends its callers, and frees it. */
inline end_service()
{
    do
    :: atomic { owed[0] -> end_owed(0) }
    :: atomic { owed[1] -> end_owed(1) }
    :: atomic { owed[2] -> end_owed(2) }
    :: atomic { !owed[0] && !owed[1] && !owed[2] -> service = false; break }
    od
}

proctype end_process()
{
end:
    atomic { server_threads == 0 && linked -> linked = false };
    if
    :: BUG != 8 -> end_service()
    :: else -> service = false
    fi
}

proctype close()
{
    bool mine;
    closed = true;
    do
    :: atomic { server[0] == RECEIVES -> end_receive(0) }
    :: atomic { server[1] == RECEIVES -> end_receive(1) }
    :: atomic { caller[0] == QUEUED -> end_call(current[0], CLOSED) }
    :: atomic { caller[1] == QUEUED -> end_call(current[1], CLOSED) }
    :: atomic { !QUEUE_IN_USE && !RECEIVERS_IN_USE -> mine = linked; linked = false; break }
    od;
    if
    :: mine -> end_service()
    :: else
    fi
}

/* Who still waits when nothing can happen any more */
#define CALLER_WELL(c)                                                                      \
    (caller[c] == RUNS || !closed && !killed[c] && !(c == 0 && deadlines) &&                          \
     (caller[c] == QUEUED || caller[c] == SERVED && server_threads > 0))
#define SERVER_WELL(i) (server[i] == RUNS || server[i] == RECEIVES && !closed && !server_killed)

proctype rest()
{
    timeout;
    assert(HANDLES(0) == 1);
    assert(CALLER_WELL(0) && CALLER_WELL(1));
    assert(SERVER_WELL(0) && SERVER_WELL(1))
}

init
{
    atomic {
        run serve(0);
        run serve(1);
        run end_process();
        run rest();
        if
        :: run call(0, 1)
        :: run call(0, 0); run call(2, 2)
        fi;
        if
        :: run clock(); run kill_caller()
        :: run clock(); run kill_server()
        :: run kill_caller(); run close()
        :: run kill_server(); run close()
        fi
    }
}
