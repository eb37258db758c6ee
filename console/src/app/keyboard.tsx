// Listens to the keyboard for the whole console, and opens what it asks for: the palette, the list of keys, a room.
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { undoLast } from '../ui/undo.tsx';
import { goings, isTyping, singleKeys } from './keys.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const KeyboardMap = lazy(async () => ({ default: (await import('./keyboard-map.tsx')).KeyboardMap }));

/** How long `g` waits for its second key. */
const secondKeyMs = 1_500;
type Layer = 'palette' | 'keys';
const asked = new EventTarget();

/** Opens a layer from a button. */
export const openLayer = (layer: Layer): boolean => asked.dispatchEvent(new Event(layer));

export function Keyboard() {
  const [layer, setLayer] = useState<Layer | null>(null);
  const navigate = useNavigate();
  const gAt = useRef(0);

  useEffect(() => {
    const onPalette = (): void => setLayer('palette');
    const onKeys = (): void => setLayer('keys');
    asked.addEventListener('palette', onPalette);
    asked.addEventListener('keys', onKeys);
    return () => {
      asked.removeEventListener('palette', onPalette);
      asked.removeEventListener('keys', onKeys);
    };
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase();
      const isCommand = event.metaKey || event.ctrlKey;
      if (isCommand && key === 'k') {
        event.preventDefault();
        setLayer((open) => (open === 'palette' ? null : 'palette'));
        return;
      }
      if (isTyping(event.target) || event.altKey || document.querySelector('dialog[open], [role="dialog"]'))
        return;
      if (isCommand) {
        if (key === 'z' && !event.shiftKey && undoLast()) event.preventDefault();
        return;
      }
      if (!singleKeys()) return;
      const going = event.timeStamp - gAt.current < secondKeyMs && goings.find((one) => one.key === key);
      gAt.current = key === 'g' ? event.timeStamp : 0;
      if (going) {
        event.preventDefault();
        void navigate({ to: going.to });
      } else if (event.key === '?') {
        event.preventDefault();
        setLayer('keys');
      } else if (event.key === '/') {
        event.preventDefault();
        const search = document.querySelector<HTMLInputElement>(
          'main input[type="search"], main [data-page-search] input, main input[placeholder]',
        );
        if (search) search.focus();
        else setLayer('palette');
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);

  if (layer === null) return null;
  const close = (): void => setLayer(null);
  return (
    <Suspense fallback={null}>
      {layer === 'palette' ? <Palette onClose={close} /> : <KeyboardMap onClose={close} />}
    </Suspense>
  );
}
