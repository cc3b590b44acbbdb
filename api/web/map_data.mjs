// map_data.mjs - what the map asks the service, and where the map stands, kept in the address so that it can be shared.
export const room = document.getElementById('map-room');
export const home = room.dataset.home, lang = document.documentElement.lang;
export let facts = null;

export async function fetch_json(path, options) {
  const answer = await fetch(home + path, { headers: { Accept: 'application/geo+json, application/json' }, ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Error(body.detail ?? `${answer.status}`);
  return body;
}

export async function learn() { facts = await fetch_json(`/map?lang=${lang}`); }
export const say = (name) => facts.texts[name] ?? name;
export const layer_called = (key) => facts.layers.find((l) => l.key === key);

export function title_of(layer, name, value) {
  const property = layer.properties.find((p) => p.name === name);
  if (value === null || value === undefined)
    return '';
  if (property?.type === 'boolean')
    return say(value ? 'yes' : 'no');
  if (property?.type === 'instant')
    return new Date(Date.parse(value) + facts.zone_offset_s * 1000).toISOString().slice(0, 16).replace('T', ' ');
  if (property?.type === 'number')
    return `${Math.round(value * 1000) / 1000}`;
  return property?.codes?.find((c) => c.code === value)?.title ?? `${value}`;
}

// What a record is called: the first of these it has.
export function name_of(layer, properties) {
  const name = ['number', 'name', 'title', 'code'].map((key) => properties[key]).find((v) => v !== null && v !== undefined && v !== '');
  return name === undefined ? layer.title : typeof name === 'number' ? `${layer.title} ${name}` : `${name}`;
}

// --- Filters: one value for each property, as CQL2 for the service and as an expression for the map ---------------------------------

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

export function cql2_of(filter) {
  return Object.entries(filter ?? {}).map(([name, value]) => (typeof value === 'number' ? `${name} >= ${value}` : `${name} = ${quoted(value)}`)).join(' AND ');
}

export function expression_of(filter) {
  const all = Object.entries(filter ?? {}).map(([name, value]) => (typeof value === 'number' ? ['>=', ['to-number', ['get', name], -1], value] : ['==', ['get', name], value]));
  return all.length > 0 ? ['all', ...all] : null;
}

// --- The address: #v=zoom/lat/lon&on=case,change&q=case.state:closed&r=case/ID --------------------------------------------------------

export function read_state() {
  const given = new URLSearchParams(location.hash.slice(1)), view = (given.get('v') ?? '').split('/').map(Number);
  const filters = {};
  for (const one of given.getAll('q')) {
    const [, key, name, sign, value] = /^(\w+)\.(\w+)([:>])(.*)$/s.exec(one) ?? [];
    if (key && (sign === ':' || Number.isFinite(Number(value))))
      (filters[key] ??= {})[name] = sign === '>' ? Number(value) : value;
  }
  const [key, id] = (given.get('r') ?? '').split('/');
  return { view: view.length === 3 && view.every(Number.isFinite) ? { zoom: view[0], center: [view[2], view[1]] } : null,
    on: given.has('on') ? given.get('on').split(',').filter(Boolean) : null, filters, record: key && id ? { key, id } : null };
}

export function write_state({ view, on, filters, record }) {
  const to = new URLSearchParams();
  if (view)
    to.set('v', `${view.zoom.toFixed(2)}/${view.center[1].toFixed(5)}/${view.center[0].toFixed(5)}`);
  to.set('on', on.join(','));
  for (const [key, filter] of Object.entries(filters))
    for (const [name, value] of Object.entries(filter))
      to.append('q', `${key}.${name}${typeof value === 'number' ? '>' : ':'}${value}`);
  if (record)
    to.set('r', `${record.key}/${record.id}`);
  history.replaceState(null, '', `#${to}`);
}

// An element with attributes, properties that begin with a dot, and children; texts are texts and nothing else.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith('on'))
      made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : value);
  made.append(...children.filter((c) => c !== null && c !== undefined));
  return made;
}
