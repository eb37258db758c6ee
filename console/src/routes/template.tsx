// One template: a letter of blocks, or MJML for whoever wants every detail in hand; beside it what it says to a real person.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { templateQuery } from '../api/templates.ts';
import { Answer } from '../ui/states.tsx';
import { LetterEditor } from './template-letter.tsx';
import { MjmlEditor } from './template-mjml.tsx';

const route = getRouteApi('/shell/templates/$key');

export function TemplatePage() {
  const { key } = route.useParams();
  const template = useQuery({ ...templateQuery(key), refetchOnWindowFocus: false });
  return (
    <Answer of={template}>
      {(it) =>
        it.letter === null ? (
          <MjmlEditor key={it.key} template={it} />
        ) : (
          <LetterEditor key={it.key} template={it} letter={it.letter} />
        )
      }
    </Answer>
  );
}
