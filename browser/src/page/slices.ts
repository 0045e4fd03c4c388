/** Work in slices, so that the page never waits for us: some milliseconds, then the page's turn, then on. */

const SLICE_MS = 6;
/** Looking at the clock costs more than a step. */
const STEPS = 16;

interface Scheduler {
  postTask(task: () => void): Promise<unknown>;
}

/** After what the page wants to do now; what is clicked or typed goes first. */
const later = (task: () => void): void => {
  const { scheduler } = globalThis as { scheduler?: Scheduler };
  if (scheduler) void scheduler.postTask(task).catch(() => undefined);
  else setTimeout(task, 0);
};

export class Slices {
  private work: Iterator<void> | null = null;

  /** The first slice runs at once. Work that was under way is left. */
  start(work: Iterator<void>): void {
    this.work = work;
    this.slice(work);
  }

  stop(): void {
    this.work = null;
  }

  get busy(): boolean {
    return this.work !== null;
  }

  private slice(work: Iterator<void>): void {
    const until = performance.now() + SLICE_MS;
    for (let step = 1; this.work === work; step++) {
      if (work.next().done) return this.stop();
      if (step % STEPS === 0 && performance.now() >= until) return later(() => this.slice(work));
    }
  }
}
