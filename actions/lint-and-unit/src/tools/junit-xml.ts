/** An element of a JUnit file: its attributes, its elements, and all text in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: Open[];
  text: string;
}

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;

/**
 * Reads the part of XML that test runners write: elements, attributes, text, CDATA, references; no namespaces, no
 * entities of a document's own. @throws SyntaxError where elements do not close.
 */
export function readXml(xml: string): XmlElement {
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const path: Open[] = [root];
  let end = 0;
  for (const token of xml.replace(/^\ufeff/, '').matchAll(TOKEN)) {
    if (token.index !== end) break;
    end += token[0].length;
    const here = path.at(-1) as Open;
    const [, cdata, closing, opening, attributes, empty, text] = token;
    if (cdata !== undefined) here.text += cdata;
    else if (text !== undefined) here.text += decoded(text);
    else if (closing !== undefined) {
      if (path.length === 1 || here.name !== closing) throw new SyntaxError(`</${closing}> closes nothing`);
      path.pop();
    } else if (opening !== undefined) {
      const element: Open = {
        name: opening,
        attributes: attributesOf(attributes ?? ''),
        children: [],
        text: '',
      };
      here.children.push(element);
      if (empty === '') path.push(element);
    }
  }
  if (end !== xml.replace(/^\ufeff/, '').length || path.length !== 1 || root.children.length !== 1)
    throw new SyntaxError('the XML is not whole');
  return root.children[0] as XmlElement;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, double, single]) => [
      name as string,
      decoded(double ?? single ?? ''),
    ]),
  );
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
