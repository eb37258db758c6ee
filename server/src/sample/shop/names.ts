// Invented people: names from many places, cities, and addresses that no post ever leaves for (RFC 2606: `.example`
// belongs to nobody).
import type { Random } from './random.ts';

export interface Name {
  readonly first: string;
  readonly last: string;
}

const PLACES: readonly (readonly [Place, number])[] = [
  [
    {
      first:
        'Anna Lena Marie Sophie Jonas Paul Lukas Clara Greta Felix Johanna Moritz Ida Emil Frieda Karl Marta Henrik Britta Uwe',
      last: 'Brandt Vogel Lorenz Petersen Hansen Keller Winter Seidel Albers Thiel Kuhn Reimers Ahrens Jansen Stark Dietz Behrens Lange',
      cities: 'Bremen Kiel Leipzig Hamburg Freiburg Rostock',
      country: 'DE',
    },
    26,
  ],
  [
    {
      first:
        'Oliver Amelia Harry Sally George Alice Rosie Arthur Emma Isaac Poppy Daniel Grace Callum Freya Owen Martha Nathan Edith',
      last: 'Hargreaves Ashworth Penrose Whitby Marlow Thornton Caldwell Finch Aldous Barlow Prescott Kerr Lockhart Tolley Merrick',
      cities: 'Bristol York Whitby Edinburgh Falmouth Cardiff',
      country: 'GB',
    },
    18,
  ],
  [
    {
      first:
        'Camille Louis Chloé Hugo Manon Lucas Élise Théo Inès Bastien Juliette Maël Apolline Rémi Noémie Gaspard',
      last: 'Lemoine Garnier Delacourt Fabre Roussel Perrin Marchand Vasseur Blanchet Caron Tessier Morvan Le-Goff',
      cities: 'Nantes Brest Lyon Lille Bordeaux',
      country: 'FR',
    },
    12,
  ],
  [
    {
      first: 'Sanne Daan Fleur Bram Lotte Thijs Femke Joris Maud Ruben Noor Wouter',
      last: 'De-Vries Bakker Visser Mulder Hoekstra Dijkstra Kuiper Postma Zeeman Van-Dam',
      cities: 'Utrecht Groningen Haarlem Leiden',
      country: 'NL',
    },
    9,
  ],
  [
    {
      first: 'Lucía Mateo Carmen Diego Ana Álvaro Elena Pablo Inés Javier Marisol Tomás',
      last: 'Ortega Navarro Castaño Iglesias Salgado Vidal Montero Peña Robles Llorente Fuentes',
      cities: 'Valencia Bilbao Gijón Sevilla',
      country: 'ES',
    },
    9,
  ],
  [
    {
      first: 'Giulia Marco Chiara Lorenzo Bianca Matteo Alessia Davide Ilaria Nicolò',
      last: 'Ferraro Santoro Bellini Galli Moretti Pellegrini Zanetti Costantini Barbieri',
      cities: 'Trieste Bologna Torino Genova',
      country: 'IT',
    },
    8,
  ],
  [
    {
      first: 'Zofia Jakub Hanna Szymon Kasia Michał Agnieszka Tomasz Magda Wojciech',
      last: 'Kowalczyk Zieliński Wójcik Lewandowska Mazur Pawlak Dąbrowski Sikora Olszewska',
      cities: 'Gdańsk Kraków Wrocław Poznań',
      country: 'PL',
    },
    6,
  ],
  [
    {
      first: 'Elif Mehmet Leyla Emre Yusuf Zeynep Omar Amina Karim Nadia Samir Layla Hassan Mariam',
      last: 'Yıldız Demir Aydın Kaya Haddad Rahman Nasser Benali Mansour Özkan Saleh Farouk',
      cities: 'Berlin Rotterdam Lyon Malmö',
      country: 'DE',
    },
    6,
  ],
  [
    {
      first: 'Astrid Nils Freja Lars Ingrid Mikkel Saga Anders Liv Oskar',
      last: 'Lindqvist Nygaard Holm Bergström Dahl Sørensen Ekström Lund Haugen',
      cities: 'Malmö Aarhus Bergen Göteborg',
      country: 'SE',
    },
    6,
  ],
];

interface Place {
  readonly first: string;
  readonly last: string;
  readonly cities: string;
  readonly country: string;
}

/** Mail of the sample goes nowhere; see also who refuses to hand it over (workers/sender). */
const MAIL_DOMAINS = ['brieftaube.example', 'inkpost.example', 'mailbay.example', 'paperplane.example'];

export interface Whereabouts extends Name {
  readonly city: string;
  readonly country: string;
}

export function nameOf(random: Random): Whereabouts {
  const { first, last, cities, country } = random.weighted(PLACES);
  const of = (words: string): string => random.pick(words.split(' ')).replaceAll('-', ' ');
  return { first: of(first), last: of(last), city: of(cities), country };
}

/** One that nobody else has: the number of the person is in it. */
export function addressOf(name: Name, n: number, random: Random): string {
  const local = plain(`${name.first}.${name.last}`);
  return `${local === '' ? 'friend' : local}${n}@${random.pick(MAIL_DOMAINS)}`;
}

export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .toLowerCase()
    .replaceAll(/[^a-z.]/g, '');
}
