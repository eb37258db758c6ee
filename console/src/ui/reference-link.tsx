// A link to what refers to something: a segment, a lifecycle model, a journey or a loyalty programme.
import { Link } from '@tanstack/react-router';

export interface Reference {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
}

export function ReferenceLink({ to }: { readonly to: Reference }) {
  switch (to.kind) {
    case 'model':
      return (
        <Link to="/lifecycle" search={{ model: to.key }}>
          {to.name}
        </Link>
      );
    case 'journey':
      return (
        <Link to="/journeys/$id" params={{ id: to.key }}>
          {to.name}
        </Link>
      );
    case 'segment':
      return (
        <Link to="/segments/$key" params={{ key: to.key }}>
          {to.name}
        </Link>
      );
    case 'programme':
      return <Link to="/loyalty">{to.name}</Link>;
    default:
      return <>{to.name}</>;
  }
}

/** "the journey Welcome, the segment Steady ones". */
export function ReferenceLinks({ of }: { readonly of: readonly Reference[] }) {
  return of.map((one, i) => (
    <span key={`${one.kind} ${one.key}`}>
      {i > 0 && ', '}the {one.kind === 'model' ? 'lifecycle model' : one.kind} <ReferenceLink to={one} />
    </span>
  ));
}
