// What a person is called on the screen: by name, else by address, else by what little is known.
import { Link } from '@tanstack/react-router';
import { shorten } from '@rapport/engine';

export interface Nameable {
  readonly id: string;
  readonly name?: string | null;
  readonly email?: string | null;
  readonly user_id?: string | null;
}

/** In full: for the title of their page, where it stands once. */
export function fullNameOf(person: Nameable): string {
  return (
    person.name ||
    person.email ||
    (person.user_id ? `Customer ${person.user_id}` : `Visitor ${person.id.slice(-6)}`)
  );
}

/** As sentences, lists and buttons name them. */
export function nameOf(person: Nameable): string {
  return shorten(fullNameOf(person));
}

export function PersonLink({ person }: { readonly person: Nameable }) {
  return (
    <Link to="/people/$id" params={{ id: person.id }} className="name-link">
      <bdi>{nameOf(person)}</bdi>
    </Link>
  );
}
