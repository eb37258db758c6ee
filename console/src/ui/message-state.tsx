// What became of a message, as a word with its mark.
import { stateWords } from '../lib/words.ts';
import { Badge } from './states.tsx';

export function MessageState({ state, via }: { readonly state: string; readonly via?: string | null }) {
  const words = stateWords(state, via);
  return (
    <Badge tone={words.tone} icon={words.icon}>
      {words.name}
    </Badge>
  );
}
