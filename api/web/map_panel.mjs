// map_panel.mjs - beside the map: search, layers with their legend and filters, and the list that shows the same as the map does.
import { facts, room, say, lang, home, fetch_json, layer_called, title_of, name_of, cql2_of, element } from './map_data.mjs';
import { in_order, legend_of, look_of } from './map_style.mjs';
import { state, show_layers, open_record, keep } from './map.mjs';

const LIST_MOST = 30, FILTERS_MOST = 3, SEARCH_MOST = 5, WAIT_MS = 250;
const searched = ['number', 'code', 'name'];

// --- Layers -----------------------------------------------------------------------------------------------------------------------

function swatch(color, how) {
  const made = element('span', { class: `swatch ${how}`, 'aria-hidden': 'true' });
  made.style.setProperty('--color', color);
  return made;
}

function legend(layer) {
  const rows = legend_of(layer), { how } = look_of(layer);
  return rows.length === 0 ? null : element('ul', { class: 'legend' }, ...rows.map(({ titles, color }) => element('li', {}, swatch(color, how), titles.join(lang === 'zh' ? '、' : ', '))));
}

function set_filter(layer, name, value) {
  const filter = (state.filters[layer.key] ??= {});
  if (value === '' || value === null)
    delete filter[name];
  else
    filter[name] = value;
  if (state.map)
    show_layers();
  else
    keep();
  list();
}

function choice(layer, property) {
  const chosen = state.filters[layer.key]?.[property.name] ?? '';
  const option = (code, title) => { const o = element('option', { value: code }, title); o.selected = code === chosen; return o; };
  return element('label', {}, property.title, element('select', { 'data-filter': `${layer.key}.${property.name}`, onchange: (e) => set_filter(layer, property.name, e.target.value) },
    option('', say('any')), ...property.codes.map(({ code, title }) => option(code, title))));
}

function least(layer, property) {
  const input = element('input', { type: 'range', min: 0, max: 1, step: 0.05, 'data-filter': `${layer.key}.${property.name}`,
    oninput: (e) => set_filter(layer, property.name, Number(e.target.value) || null) });
  input.value = state.filters[layer.key]?.[property.name] ?? 0;
  return element('label', {}, `${property.title}, ${say('least')}`, input);
}

function filters(layer) {
  const coded = layer.properties.filter((p) => p.on_map && p.codes?.length > 1).slice(0, FILTERS_MOST).map((p) => choice(layer, p));
  const degrees = layer.properties.filter((p) => p.on_map && p.name === 'confidence').map((p) => least(layer, p));
  return coded.length + degrees.length === 0 ? null : element('details', {}, element('summary', {}, say('filter')), ...coded, ...degrees);
}

function layer_row(layer) {
  const look = look_of(layer), box = element('input', { type: 'checkbox', 'data-layer': layer.key });
  const more = element('div', { class: 'more' }, legend(layer), filters(layer));
  box.checked = state.on.includes(layer.key);
  more.hidden = !box.checked;
  box.addEventListener('change', () => {
    state.on = box.checked ? [...state.on, layer.key] : state.on.filter((key) => key !== layer.key);
    more.hidden = !box.checked;
    if (state.map)
      show_layers();
    else
      keep();
    list_choices();
    list();
  });
  return element('li', {}, element('label', { class: 'layer' }, box, look.by ? null : swatch(look.color, look.how), layer.title), more);
}

// --- The list ---------------------------------------------------------------------------------------------------------------------

const rows = element('ul', { id: 'list', class: 'rows' });
const list_of = element('select', { id: 'list-of', onchange: () => list_anew() });
const said = element('p', { id: 'said', class: 'soft', role: 'status', 'aria-live': 'polite' });
let asked = 0, waiting = null;

function list_choices() {
  const before = list_of.value;
  const shown = in_order(facts.layers).reverse().filter((l) => state.on.includes(l.key));
  list_of.replaceChildren(...shown.map((l) => element('option', { value: l.key }, l.title)));
  list_of.value = shown.some((l) => l.key === before) ? before : (shown.find((l) => l.extent) ?? shown[0])?.key ?? '';
}

function row(layer, feature) {
  const told = ['state', 'class', 'standing', 'kind', 'due_at'].filter((name) => feature.properties[name] !== null && feature.properties[name] !== undefined).slice(0, 2);
  return element('li', {}, element('button', { type: 'button', 'data-id': feature.id, onclick: () => open_record(layer.key, feature.id, { fly: true }).catch((e) => tell(e.message)) },
    element('b', {}, name_of(layer, feature.properties)), ...told.map((name) => element('span', {}, title_of(layer, name, feature.properties[name])))));
}

function question(key) {
  const to = new URLSearchParams({ f: 'geojson', lang, limit: LIST_MOST }), filter = cql2_of(state.filters[key]);
  if (state.map) {
    const b = state.map.getBounds();
    to.set('bbox', [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((v) => v.toFixed(6)).join(','));
  }
  if (filter)
    to.set('filter', filter);
  return to;
}

async function fill_list() {
  const key = list_of.value, layer = layer_called(key), mine = ++asked;
  if (!layer) {
    rows.replaceChildren();
    return;
  }
  const to = question(key), answer = await fetch_json(`/collections/${key}/items?${to}`);
  if (mine !== asked)
    return;                                      // a newer question is on its way
  rows.replaceChildren(...answer.features.map((f) => row(layer, f)));
  to.delete('f'), to.delete('limit');
  const whole = element('a', { href: `${home}/collections/${key}/items?${to}` }, say('whole_list'));
  said.replaceChildren(answer.features.length === 0 ? say('empty_view') : `${answer.numberReturned} / ${answer.numberMatched ?? '?'} `, ' ', whole);
}

export function list() {
  clearTimeout(waiting);
  waiting = setTimeout(() => fill_list().catch((e) => tell(e.message)), WAIT_MS);
}

// Rows of another layer do not stand under this one's name until its own are there.
function list_anew() {
  rows.replaceChildren();
  list();
}

function tell(sentence) { said.replaceChildren(sentence); }

// --- Search ------------------------------------------------------------------------------------------------------------------------

async function look_for(text) {
  const quoted = text.replaceAll("'", "''"), found = [];
  for (const layer of in_order(facts.layers).reverse()) {
    const names = searched.filter((name) => layer.properties.some((p) => p.name === name && p.type === 'text'));
    if (names.length === 0 || found.length >= SEARCH_MOST)
      continue;
    const filter = names.map((name) => `${name} LIKE '%${quoted.replaceAll('%', '\\%').replaceAll('_', '\\_')}%'`).join(' OR ');
    const answer = await fetch_json(`/collections/${layer.key}/items?${new URLSearchParams({ f: 'geojson', lang, limit: SEARCH_MOST, filter })}`);
    found.push(...answer.features.map((f) => row(layer, f)));
  }
  return found.slice(0, SEARCH_MOST * 2);
}

function search() {
  const results = element('ul', { class: 'rows', id: 'found' }), field = element('input', { type: 'search', id: 'search', required: true, placeholder: say('search_for') });
  const form = element('form', { role: 'search', onsubmit: async (e) => {
    e.preventDefault();
    results.replaceChildren(element('li', {}, say('loading')));
    const found = await look_for(field.value.trim()).catch((error) => [element('li', {}, error.message)]);
    results.replaceChildren(...(found.length > 0 ? found : [element('li', {}, say('nothing'))]));
  } }, element('label', { for: 'search' }, say('search')), element('div', { class: 'line' }, field, element('button', {}, say('search'))));
  return [form, results];
}

// --- The whole ---------------------------------------------------------------------------------------------------------------------

export function make_panel() {
  const panel = document.getElementById('panel');
  list_choices();
  panel.append(state.drawer.element, ...search(),
    element('section', { 'aria-labelledby': 'layers-title' }, element('h2', { id: 'layers-title' }, say('layers')), element('ul', { class: 'layers' }, ...in_order(facts.layers).reverse().map(layer_row))),
    element('section', { 'aria-labelledby': 'list-title' }, element('h2', { id: 'list-title' }, say('list')), element('label', { for: 'list-of' }, say('list_of')), list_of, said, rows));
  return { moved: list, tell };
}
