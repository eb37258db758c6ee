// A large part of a page that is fetched beside the page's data. Not React's `lazy`: what that shows meanwhile stands for 300 ms at least,
// also when the part has long been there.
import { useEffect, useState } from 'react';

/** Begins to load at once; the hook gives the part, or null while it is on its way. What failed to load throws where it is used. */
export function loadAhead<T>(load: () => Promise<T>): () => T | null {
  let part: T | null = null;
  let failure: { readonly error: unknown } | null = null;
  const done = load().then(
    (loaded) => void (part = loaded),
    (error: unknown) => void (failure = { error }),
  );
  return function useLoaded() {
    const [, tell] = useState(false);
    useEffect(() => {
      if (part === null && failure === null) void done.then(() => tell(true));
    }, []);
    if (failure !== null) throw failure.error;
    return part;
  };
}
