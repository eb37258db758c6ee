// What a model was: each save with who and when, to be looked at and begun with again.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { modelVersionsQuery, type Model } from '../api/lifecycle.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { Answer } from '../ui/states.tsx';

export function ModelVersions({ model }: { readonly model: Model }) {
  const formats = useFormats();
  const can = useCan();
  const versions = useQuery(modelVersionsQuery(model.key));
  if (model.version < 2) return null;
  return (
    <details>
      <summary className="muted">Earlier versions (this is version {model.version})</summary>
      <Answer of={versions} rows={3}>
        {({ items }) => (
          <ul className="plain-list">
            {items
              .filter(({ version }) => version !== model.version)
              .map((one) => (
                <li key={one.version} className="row-wide deleted">
                  <span className="deleted-words">
                    <strong>Version {one.version}</strong>{' '}
                    <span className="muted">
                      {one.stages.map(({ name }) => name).join(' → ')} · {formats.dateTime(one.saved_at)}
                      {one.saved_by === null ? '' : ` by ${one.saved_by}`}
                      {one.usable ? '' : ' · asks about something that is not there any more'}
                    </span>
                  </span>
                  {can.define && (
                    <Link
                      to="/lifecycle/$key/edit"
                      params={{ key: model.key }}
                      search={{ version: one.version }}
                    >
                      Begin with version {one.version}
                    </Link>
                  )}
                </li>
              ))}
          </ul>
        )}
      </Answer>
    </details>
  );
}
