// map_record.mjs - the record that was clicked at: what it says, where its page is, and for a change how it was before and is now.
import { facts, fetch_json, lang, home, say, title_of, name_of, element } from './map_data.mjs';
import { close_record } from './map.mjs';
import { compare, end_compare } from './map_compare.mjs';

function told(layer, properties) {
  const rows = layer.properties.filter((p) => properties[p.name] !== null && properties[p.name] !== undefined && properties[p.name] !== '');
  return element('dl', {}, ...rows.flatMap((p) => [element('dt', {}, p.title), element('dd', {}, title_of(layer, p.name, properties[p.name]))]));
}

// What whoever is signed in can do with it now; the page of the moves has the forms.
async function moves(layer, id, place) {
  const path = `/${layer.key}s/${id}/moves`;
  const { moves: open } = await fetch_json(`${path}?lang=${lang}`, { headers: { Accept: 'application/json' } });
  if (open.length > 0)
    place.replaceChildren(element('a', { href: `${home}${path}?lang=${lang}` }, say('moves')), element('ul', { class: 'moves' }, ...open.map((m) => element('li', {}, m.title))));
}
const moved = ['case', 'finding', 'lead', 'change'];

export function make_record() {
  const drawer = element('section', { id: 'record', 'aria-labelledby': 'record-title', tabindex: '-1', hidden: true });
  addEventListener('keydown', (e) => { if (e.key === 'Escape' && !drawer.hidden) close_record(); });
  return {
    element: drawer,
    show(layer, feature) {
      const open = element('div'), pair = element('div'), is_work = facts.knows_you && moved.includes(layer.key);
      end_compare();
      if (is_work)
        moves(layer, feature.id, open).catch(() => open.replaceChildren());
      if (is_work && layer.key === 'change')
        compare(feature, pair).catch(() => pair.replaceChildren());
      drawer.replaceChildren(
        element('button', { type: 'button', class: 'close', 'aria-label': say('close'), onclick: close_record }, '×'),
        element('p', { class: 'soft' }, layer.title),
        element('h2', { id: 'record-title' }, name_of(layer, feature.properties)),
        element('p', {}, element('a', { class: 'button', href: `${home}${is_work ? `/${layer.key}s/` : `/collections/${layer.key}/items/`}${feature.id}?lang=${lang}` }, say('open_page'))),
        pair, open, told(layer, feature.properties));
      drawer.hidden = false;
      drawer.focus({ preventScroll: false });
    },
    hide() { drawer.hidden = true; end_compare(); },
  };
}
