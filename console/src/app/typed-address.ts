// What somebody types goes into the address a moment after the last key, unless they have left the page by then: the page they left stays
// mounted while the next one loads, and must not pull them back.
import { useDebouncedCallback } from '@mantine/hooks';
import { useRouter } from '@tanstack/react-router';

interface Typed<T> {
  readonly value: T;
  readonly pathname: string;
}

export function useTypedAddress<T>(write: (value: T) => void, delayMs: number): (value: T) => void {
  const router = useRouter();
  const settle = useDebouncedCallback((typed: Typed<T>) => {
    // Where they are going counts, not what is shown.
    if (router.latestLocation.pathname === typed.pathname) write(typed.value);
  }, delayMs);
  return (value) => settle({ value, pathname: router.latestLocation.pathname });
}
