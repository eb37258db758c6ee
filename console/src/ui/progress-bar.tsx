// How far a piece of work is, as a bar. The words beside it say the same and name it.

/** `of` 0: it is not known yet how much there is. */
export function ProgressBar({
  words,
  done,
  of,
}: {
  /** The id of the sentence that says how far it is. */
  readonly words: string;
  readonly done: number;
  readonly of: number;
}) {
  return (
    <div
      className="progress"
      role="progressbar"
      aria-labelledby={words}
      aria-valuemin={0}
      aria-valuemax={of}
      aria-valuenow={done}
    >
      <div style={{ width: `${of === 0 ? 0 : Math.min(100, (done / of) * 100)}%` }} />
    </div>
  );
}
