// Commits that make new people take turns: two at once that meet the same stranger would undo each other again and again.
// Everything else goes side by side. Never held across two commits.

export interface Turn {
  /** Resolves when it is our turn; `waited` when somebody else had to finish first. Asking again changes nothing. */
  readonly take: () => Promise<'at once' | 'waited'>;
  /** After commit or rollback; does nothing when the turn was never taken. */
  readonly end: () => void;
}

export interface Turns {
  readonly next: () => Turn;
}

export function createTurns(): Turns {
  let last: Promise<void> | null = null;
  return {
    next: () => {
      let release: (() => void) | null = null;
      return {
        async take() {
          if (release !== null) return 'at once';
          const before = last;
          const mine = new Promise<void>((resolve) => (release = resolve));
          last = mine;
          void mine.then(() => {
            if (last === mine) last = null;
          });
          if (before === null) return 'at once';
          await before;
          return 'waited';
        },
        end: () => release?.(),
      };
    },
  };
}
