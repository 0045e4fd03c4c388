/** The words around a number that say what it is, in the languages of the agents we know of. Pure. A word that is missing
    here costs little: numbers are judged by how they are written as well. */

const any = (...words: string[]): string => `(?:${words.join("|")})`;
const NOT_LETTER = "(?:^|[^\\p{L}\\p{N}])";

const PHONE = any(
  "tel", "tel[eé]?(?:ph|f)[oó]n[eoi]?", "t[eé]l[eé]phone", "telefoon", "phone", "ph", "fon[eo]?", "mobil[e]?", "m[oó]vil", "mobiel", "mob",
  "cell?(?:ular)?e?", "cel", "fax", "whats?app", "sms", "text", "direct", "office", "main", "switchboard", "handy", "portable", "natel", "hotline",
  "helpline", "free ?phone", "toll[- ]?free", "zentrale", "durchwahl", "notfall", "standard", "central(?:ino|ita)", "v[aä]xel", "num[eé]ro (?:verde?|vert)",
);
const PHONE_NUMBER = any("(?:telefoon|telefon|mobil|mobiel|handy|ruf|fax)(?:nummer|nr)", "num[eé]ro de t[eé]l[eé](?:phone|fono)");
const OURS = "(?:my|our|your|his|her|their|new|best|meine?|unsere|neue|mi|su|mio|mon|notre|votre) (?:number|nummer|n[uú]m[eé]ro)";
const RING = any(OURS + "(?: is| ist| lautet| es| [eè]| est)?", "call", "ring", "dial", "reach", "r(?:ü|ue)ckruf", "ruf(?:en|e)?", "anruf(?:en)?", "(?:r?appel|appel)(?:er|ez|le)", "llam[ea](?:r|nos)?", "ll[aá]menos", "joindre", "erreichen", "chiam[ai](?:re|teci)?", "bel(?:len)?", "ligue");
const FILLER = any("us", "me", "him", "her", "them", "back", "now", "toll-free", "at", "on", "sie", "uns", "an", "unter", "erbeten", "bitte", "al", "au", "ons", "op", "nos");

/** Right before a number: it is one to dial. */
export const LABEL = new RegExp(
  `${NOT_LETTER}(?:${PHONE}(?:[ -](?:number|no|nr|line|phone))?|${PHONE_NUMBER}|${RING}(?: ${FILLER}){0,4})\\s*(?:\\([^()]{1,12}\\))?\\s*[.:#=–|-]?\\s*$` +
  `|${NOT_LETTER}[tmpf]\\s?[.:|]\\s*$|[☎☏📞📱✆話]\\s*[:：]?\\s*$|電話番号\\s*[:：]?\\s*$`, "iu",
);

const ID = any(
  "ids?", "no", "nr", "n", "num(?:ber|[eé]ro)?", "n[°º]", "#", "ref", "r[eé]f[eé]?(?:rence)?", "order", "invoice", "ticket", "case", "account", "acct", "a/c", "claim", "policy",
  "iban", "bic", "vat", "ust", "siret", "siren", "isbn", "issn", "sku", "upc", "ean", "gtin", "serial", "version", "ver", "v", "build", "rev", "po", "zip", "plz", "cap",
  "cep", "postcode", "card", "visa", "imei", "ssn", "ein", "utr", "tfn", "abn", "acn", "cpf", "cnpj", "rfc", "nif", "ocr", "pan", "rib", "p\\.? ?iva", "tracking", "page", "pp",
  "deal", "sum", "total", "amount", "budget", "price", "population", "revenue", "usd", "eur", "gbp", "chf", "jpy", "rechnung", "bestellung", "auftrag", "offerte", "vertrag",
  "aktenzeichen", "los", "commande", "facture", "dossier", "pedido", "factura", "expediente", "folio", "konto", "kto", "members", "ordine", "fattura", "bankgiro", "postkonto", "hub", "portal",
);
/** "Kundennummer", "factuurnummer", "personnummer": any word that ends so and is not a phone's (LABEL is asked first). */
const COMPOUND = "\\p{L}{2,20}(?:nummer|nr)";

/** Right before a number: it is something else. */
export const NOT_A_PHONE = new RegExp(
  `(?:${NOT_LETTER}(?:${ID}|${COMPOUND})\\s*(?:id|no|nr|n[°º]|number|code)?\\s*[.:#=-]?\\s*|[№§$€£¥₹]\\s*|=\\s*|番号\\s*[:：]?\\s*|${NOT_LETTER}IBAN [\\p{L}\\p{N} ]{4,24})$`, "iu",
);

/** Right after a number: it was an amount. */
export const AMOUNT =
  /^\s?(?:[$€£¥₹%°円元人件個年]|(?:usd|eur|gbp|chf|jpy|kr|mxn|dollars?|euros?|kg|g|mg|km|cm|mm|m²|sqm|mb|gb|tb|kb|ms|mhz|ghz|kwh|rows?|records?|contacts?|users?|people|pcs|units?|st(?:ü|ue)ck|hours?|days?|samples?|habitantes|einwohner|views?|impressions?)(?![\p{L}\p{N}]))/iu;

export const EXTENSION =
  /^(?:\s*,?\s*(?:ext\.?|extn\.?|extension|x|#|Durchwahl|DW|poste)\s*\.?:?\s*\d{1,6}(?![\p{L}\p{N}])|;ext=\d{1,6}(?![\p{L}\p{N}]))/iu;
