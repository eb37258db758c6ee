// What a column can mean, and the headings under which shops export it (Shopify, WooCommerce, Magento, BigCommerce,
// Klaviyo and plain exports in several languages). Data only; earlier headings win over later ones.

export const ROLES = [
  'order_id',
  'user_id',
  'email',
  'phone',
  'date',
  'total',
  'currency',
  'status',
  'refunded',
  'refunded_at',
  'quantity',
  'sku',
  'product',
  'price',
  'line_total',
  'category',
  'discount',
  'shipping',
  'tax',
  'coupon',
  'first_name',
  'last_name',
  'name',
  'company',
  'city',
  'region',
  'postal_code',
  'country',
  'language',
  'birthday',
  'consent',
] as const;

export type Role = (typeof ROLES)[number];

/** Roles whose value becomes a trait of the same name. */
export const TRAIT_ROLES = [
  'first_name',
  'last_name',
  'name',
  'company',
  'city',
  'region',
  'postal_code',
  'country',
  'language',
  'birthday',
] as const satisfies readonly Role[];

/** Folded as `foldHeading` does: lower case, no accents, words apart. In order of preference. */
export const HEADINGS: Readonly<Record<Role, readonly string[]>> = {
  order_id: [
    'order id', 'order number', 'order no', 'order nr', 'order', 'order name', 'order ref', 'order reference', 'increment id', 'entity id', 'invoice', 'invoice id', 'invoice no', 'invoice number', 'transaction id', 'transaction', 'receipt', 'receipt number', 'purchase id', 'sale id',
    'bestellnummer', 'bestellung', 'bestell nr', 'bestellnr', 'auftragsnummer', 'auftrag', 'auftragsnr', 'rechnungsnummer', 'rechnung', 'belegnummer',
    'numero de commande', 'n de commande', 'no de commande', 'commande', 'reference commande', 'numero commande', 'numero de facture', 'facture',
    'numero de pedido', 'pedido', 'id pedido', 'n pedido', 'numero pedido', 'id do pedido', 'numero do pedido', 'factura',
    'numero ordine', 'ordine', 'id ordine', 'bestelnummer', 'bestelling', 'ordernummer', 'ordre', 'ordrenummer', 'zamowienie', 'numer zamowienia',
  ],
  user_id: [
    'user id', 'customer id', 'client id', 'member id', 'contact id', 'account id', 'buyer id', 'shopper id', 'subscriber id', 'customer number', 'customer no', 'customer nr', 'customer user', 'customer', 'user', 'buyer', 'client', 'cust id', 'custid', 'masterid', 'master id', 'external id',
    'kundennummer', 'kunden nr', 'kundennr', 'kunden id', 'kunde', 'kundennum', 'numero client', 'id client', 'n client', 'code client', 'numero de cliente', 'id cliente', 'cliente', 'id do cliente', 'codice cliente', 'klantnummer', 'klant id', 'klant', 'kundenummer', 'kundnummer', 'klient', 'id klienta',
  ],
  email: [
    'email', 'e mail', 'email address', 'e mail address', 'mail', 'customer email', 'billing email', 'billing email address', 'buyer email', 'user email', 'contact email', 'order email', 'email billing', 'primary email', 'account email',
    'e mail adresse', 'email adresse', 'emailadresse', 'mailadresse', 'kunden e mail', 'adresse e mail', 'adresse email', 'courriel', 'adresse mail', 'correo', 'correo electronico', 'direccion de correo', 'correo electronico del cliente', 'indirizzo email', 'posta elettronica', 'e mailadres', 'emailadres', 'e post', 'epost', 'adres e mail', 'adres email', 'endereco de email',
  ],
  phone: [
    'phone', 'phone number', 'mobile', 'mobile phone', 'mobile number', 'telephone', 'tel', 'cell', 'cell phone', 'billing phone', 'customer phone', 'phone billing', 'sms', 'whatsapp',
    'telefon', 'telefonnummer', 'handy', 'handynummer', 'mobil', 'mobilnummer', 'mobiltelefon', 'numero de telephone', 'portable', 'telefono', 'movil', 'numero de telefono', 'cellulare', 'telefoon', 'telefoonnummer', 'mobiel', 'telefone', 'celular',
  ],
  date: [
    'date', 'order date', 'ordered at', 'order created at', 'purchase date', 'purchased at', 'purchased on', 'date purchased', 'purchase time', 'created at', 'created', 'date created', 'creation date', 'order date time', 'order datetime', 'order time', 'date ordered', 'date of order', 'invoice date', 'transaction date', 'paid at', 'paid date', 'date paid', 'sale date', 'timestamp', 'time', 'datetime', 'processed at', 'placed at', 'completed at', 'event time', 'day',
    'datum', 'bestelldatum', 'auftragsdatum', 'rechnungsdatum', 'kaufdatum', 'belegdatum', 'date de commande', 'date commande', 'date d achat', 'date de la commande', 'date de facture', 'cree le', 'fecha', 'fecha de pedido', 'fecha del pedido', 'fecha pedido', 'fecha de compra', 'data', 'data ordine', 'data acquisto', 'data do pedido', 'data da compra', 'data zamowienia', 'besteldatum', 'orderdatum', 'ordredato', 'dato',
  ],
  total: [
    'total', 'order total', 'grand total', 'order total amount', 'total amount', 'total price', 'amount', 'order amount', 'order value', 'total value', 'dollar value', 'net total', 'total paid', 'amount paid', 'paid amount', 'total sales', 'sales', 'revenue', 'value', 'spend', 'purchase amount', 'total spent', 'invoice total', 'grand total base', 'base grand total', 'grand total purchased', 'total inc tax', 'order total inc tax', 'net sales', 'payment amount',
    'summe', 'gesamt', 'gesamtsumme', 'gesamtbetrag', 'betrag', 'umsatz', 'bestellwert', 'bestellsumme', 'rechnungsbetrag', 'endbetrag', 'brutto', 'gesamtpreis', 'montant', 'montant total', 'total ttc', 'prix total', 'importe', 'importe total', 'monto', 'monto total', 'valor', 'valor total', 'totale', 'importo', 'importo totale', 'totale ordine', 'totaal', 'totaalbedrag', 'bedrag', 'belop', 'sum', 'summa', 'kwota', 'wartosc',
  ],
  currency: [
    'currency', 'currency code', 'order currency', 'order currency code', 'base currency code', 'presentment currency', 'waehrung', 'wahrung', 'devise', 'monnaie', 'moneda', 'moeda', 'valuta', 'waluta',
  ],
  status: [
    'financial status', 'order status', 'status', 'payment status', 'state', 'order state', 'refund status', 'refunded', 'is refunded', 'cancelled', 'canceled',
    'bestellstatus', 'auftragsstatus', 'zahlungsstatus', 'statut', 'statut de la commande', 'etat', 'estado', 'estado del pedido', 'estado do pedido', 'stato', 'stato ordine', 'orderstatus',
  ],
  refunded: [
    'refunded amount', 'order refund amount', 'refund amount', 'amount refunded', 'total refunded', 'refund total', 'refund', 'erstattet', 'erstattung', 'erstattungsbetrag', 'rembourse', 'montant rembourse', 'reembolso', 'importe reembolsado', 'rimborso', 'terugbetaald',
  ],
  refunded_at: ['refunded at', 'refund date', 'date refunded', 'cancelled at', 'canceled at', 'cancel date', 'erstattet am', 'storniert am', 'date de remboursement', 'fecha de reembolso'],
  quantity: [
    'lineitem quantity', 'line item quantity', 'item quantity', 'quantity', 'qty', 'qty ordered', 'quantity ordered', 'total qty ordered', 'item qty', 'items', 'item count', 'number of items', 'number of cds', 'cds', 'units', 'count', 'pieces', 'total items',
    'menge', 'anzahl', 'stueck', 'stuck', 'stueckzahl', 'quantite', 'qte', 'cantidad', 'quantita', 'quantidade', 'aantal', 'antal', 'ilosc',
  ],
  sku: [
    'lineitem sku', 'line item sku', 'item sku', 'sku', 'product sku', 'product id', 'item id', 'stock code', 'stockcode', 'variant id', 'product code', 'item number', 'article number',
    'artikelnummer', 'artikelnr', 'artikel nr', 'produktnummer', 'reference produit', 'reference', 'ref produit', 'referencia', 'codigo', 'codice', 'codice articolo', 'artikelcode',
  ],
  product: [
    'lineitem name', 'line item name', 'item name', 'product name', 'product', 'product title', 'item', 'line item', 'lineitem', 'line items', 'title', 'item title', 'description', 'product description', 'product name main', 'products',
    'artikel', 'artikelname', 'artikelbezeichnung', 'bezeichnung', 'produkt', 'produktname', 'produit', 'nom du produit', 'article', 'designation', 'producto', 'nombre del producto', 'articulo', 'prodotto', 'nome prodotto', 'produto', 'nome do produto', 'productnaam', 'vara',
  ],
  price: [
    'lineitem price', 'line item price', 'item price', 'item cost', 'unit price', 'price', 'price each', 'product price', 'unit cost', 'price per unit', 'stueckpreis', 'stuckpreis', 'einzelpreis', 'preis', 'prix', 'prix unitaire', 'precio', 'precio unitario', 'prezzo', 'prezzo unitario', 'preco', 'preco unitario', 'prijs', 'stukprijs', 'pris', 'cena',
  ],
  line_total: [
    'line total', 'lineitem total', 'line item total', 'item total', 'line amount', 'row total', 'item subtotal', 'order line total', 'item line total', 'line revenue', 'zeilensumme', 'positionssumme', 'positionsbetrag', 'total ligne', 'total de la ligne', 'total linea', 'totale riga', 'regeltotaal',
  ],
  category: ['product category', 'category', 'product type', 'item category', 'department', 'kategorie', 'warengruppe', 'produktkategorie', 'categorie', 'categoria', 'kategoria', 'kategori'],
  discount: ['discount amount', 'order discount amount', 'cart discount amount', 'discount', 'total discount', 'discounts', 'rabatt', 'nachlass', 'remise', 'reduction', 'descuento', 'sconto', 'desconto', 'korting'],
  shipping: ['shipping amount', 'order shipping amount', 'shipping cost', 'shipping total', 'shipping price', 'shipping', 'versandkosten', 'versand', 'frais de port', 'frais de livraison', 'livraison', 'gastos de envio', 'envio', 'spedizione', 'frete', 'verzendkosten'],
  tax: ['taxes', 'tax amount', 'order total tax amount', 'total tax', 'tax', 'vat', 'mwst', 'steuer', 'steuern', 'ust', 'tva', 'taxe', 'iva', 'impuesto', 'impuestos', 'imposto', 'btw', 'moms'],
  coupon: ['discount code', 'coupon code', 'coupon', 'coupons', 'voucher', 'voucher code', 'promo code', 'promotion code', 'gutschein', 'gutscheincode', 'code promo', 'cupon', 'codigo de descuento', 'codice sconto', 'cupom', 'kortingscode'],
  first_name: ['first name', 'firstname', 'given name', 'billing first name', 'first name billing', 'customer first name', 'forename', 'vorname', 'prenom', 'nombre', 'nome', 'voornaam', 'fornavn', 'fornamn', 'imie'],
  last_name: ['last name', 'lastname', 'surname', 'family name', 'billing last name', 'last name billing', 'customer last name', 'nachname', 'familienname', 'zuname', 'nom', 'nom de famille', 'apellido', 'apellidos', 'cognome', 'sobrenome', 'achternaam', 'efternavn', 'efternamn', 'nazwisko'],
  name: ['full name', 'customer name', 'billing name', 'bill to name', 'buyer name', 'client name', 'contact name', 'name', 'shipping name', 'voller name', 'kundenname', 'nom complet', 'nom du client', 'nombre completo', 'nombre del cliente', 'nome completo', 'nome e cognome', 'volledige naam', 'naam', 'navn', 'namn', 'imie i nazwisko'],
  company: ['company', 'company name', 'billing company', 'organization', 'organisation', 'firma', 'unternehmen', 'societe', 'entreprise', 'empresa', 'azienda', 'bedrijf', 'bedrijfsnaam'],
  city: ['city', 'billing city', 'town', 'default address city', 'shipping city', 'city billing', 'stadt', 'ort', 'ville', 'ciudad', 'citta', 'cidade', 'plaats', 'woonplaats', 'stad', 'miasto'],
  region: ['region', 'province', 'billing province', 'billing state', 'default address province code', 'county', 'bundesland', 'departement', 'provincia', 'regione', 'estado provincia', 'provincie'],
  postal_code: ['postal code', 'postcode', 'zip', 'zip code', 'billing zip', 'billing postcode', 'default address zip', 'postcode billing', 'plz', 'postleitzahl', 'code postal', 'codigo postal', 'cap', 'cep', 'kod pocztowy'],
  country: ['country', 'country code', 'billing country', 'default address country code', 'country code billing', 'billing country code', 'shipping country', 'country name', 'land', 'laendercode', 'pays', 'pais', 'paese', 'kraj'],
  language: ['language', 'locale', 'lang', 'customer locale', 'sprache', 'langue', 'idioma', 'lingua', 'taal', 'sprak', 'jezyk'],
  birthday: ['birthday', 'birth date', 'birthdate', 'date of birth', 'dob', 'geburtstag', 'geburtsdatum', 'date de naissance', 'anniversaire', 'fecha de nacimiento', 'data di nascita', 'data de nascimento', 'geboortedatum'],
  consent: [
    'accepts marketing', 'accepts email marketing', 'buyer accepts marketing', 'email marketing consent', 'email consent', 'marketing consent', 'marketing opt in', 'email opt in', 'opt in', 'optin', 'opted in', 'consent', 'newsletter', 'subscribed', 'email marketing', 'is subscribed', 'email subscription status', 'subscription status', 'newsletter subscriber', 'marketing',
    'newsletter abonniert', 'einwilligung', 'werbeeinwilligung', 'consentement', 'abonne newsletter', 'suscrito', 'boletin', 'consenso', 'iscritto newsletter', 'toestemming', 'nieuwsbrief',
  ],
}; // prettier-ignore

/** 'Order ID', 'order_id', 'OrderId' and 'N° de commande' as plain words. */
export function foldHeading(heading: string): string {
  return heading
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/ß/g, 'ss')
    .replace(/ø/gi, 'o')
    .replace(/ł/gi, 'l')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
