# SPDX-License-Identifier: MIT
"""`make test-fresh`: what a newcomer meets. A bare Debian (make, git, ca-certificates) is made by
mmdebstrap from this machine's package sources; in it, a clone of the last commit has to

  - tell a user without sudo what to install,
  - run and test itself as root, in a tree that belongs to somebody else,
  - then run as that user, and build without .git.

Needs root, for the mounts. The bare system stays in build/fresh until the next run."""
import glob
import os
import shutil
import subprocess

import paths
from report import Report

ROOT = os.path.join(paths.BUILD, "fresh")
USER = "1000:1000"
READY = "init: ready"


def sources():
    """The files in which this system's apt finds its packages, and how it reaches them."""
    files = [file for pattern in ("sources.list", "sources.list.d/*.list",
                                  "sources.list.d/*.sources")
             for file in sorted(glob.glob("/etc/apt/" + pattern)) if os.path.getsize(file)]
    dump = subprocess.run(["apt-config", "dump"], stdout=subprocess.PIPE, text=True, check=True)
    reach = [line for line in dump.stdout.splitlines()
             if line.startswith(("Acquire::http", "Acquire::Check"))]
    return files, [f"--aptopt={line}" for line in reach]


def make_root():
    shutil.rmtree(ROOT, ignore_errors=True)
    os.makedirs(ROOT)
    files, options = sources()
    subprocess.run(["mmdebstrap", "--quiet", "--variant=apt", "--include=make,git,ca-certificates",
                    *options, "", ROOT, *files], check=True)
    os.remove(os.path.join(ROOT, "dev", "ptmx"))
    os.symlink("pts/ptmx", os.path.join(ROOT, "dev", "ptmx"))
    for name in ("theirs", "mine", "plain"):
        subprocess.run(["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks",
                        paths.TOP, os.path.join(ROOT, "home", name)], check=True)
        subprocess.run(["chown", "-R", USER, os.path.join(ROOT, "home", name)], check=True)
    shutil.rmtree(os.path.join(ROOT, "home", "plain", ".git"))


def inside(command, user="0:0"):
    """(exit status, output) of a shell command in the bare system, with an environment as bare."""
    number, group = user.split(":")
    prepare = ('mount -t proc proc "$1/proc" && '
               'mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts" && '
               'exec chroot "$1" setpriv --reuid="$2" --regid="$3" --clear-groups sh -c "$4"')
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                   "HOME": "/tmp"}
    done = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "sh", "-c", prepare, "sh", ROOT, number, group,
         command],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout.splitlines()


def expect(report, name, command, user, success, text):
    status, output = inside(command, user)
    with open(paths.log_file(name), "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in output)
    if (status == 0) != success:
        report.failed(name, f"exit status {status}", tail=output)
    elif not any(text in line for line in output):
        report.failed(name, f"it never said: {text}", tail=output)
    else:
        report.passed(name)


def run(_):
    if os.geteuid():
        print("test-fresh needs root, for the mounts of the bare system.")
        return 1
    report = Report()
    make_root()
    for goal in ("run", "test"):
        expect(report, f"fresh_user_without_sudo_is_told_what_to_install_for_make_{goal}",
               f"cd /home/mine && make {goal}", USER, False, "apt-get install")
    expect(report, "fresh_make_run_as_root", "cd /home/theirs && make run", "0:0", True, READY)
    expect(report, "fresh_make_test_as_root", "cd /home/theirs && make test", "0:0", True,
           " 0 failed")
    expect(report, "fresh_make_run_as_user", "cd /home/mine && make run", USER, True, READY)
    expect(report, "fresh_make_iso_without_git", "cd /home/plain && make iso", USER, True, "ISO")
    return report.summary()
