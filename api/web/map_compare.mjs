// map_compare.mjs - a change before and after: what both surveys drew, faded from the one to the other, or with a curtain between.
//
// The curtain is a second map over the first, cut off by the slider; both sliders are ordinary inputs, so the keyboard moves them.
import * as maplibre from './maplibre-gl.mjs';
import { fetch_json, say, lang, element } from './map_data.mjs';
import { state } from './map.mjs';

const colors = { before: '#c46a00', after: '#0a7d70' }, none = { type: 'FeatureCollection', features: [] };
let curtain = null, asked = 0;

function paint(map, side, footprints) {
  for (const id of [`pair:${side}:fill`, `pair:${side}:line`])
    if (map.getLayer(id))
      map.removeLayer(id);
  if (map.getSource(`pair:${side}`))
    map.removeSource(`pair:${side}`);
  map.addSource(`pair:${side}`, { type: 'geojson', data: footprints });
  map.addLayer({ id: `pair:${side}:fill`, type: 'fill', source: `pair:${side}`, paint: { 'fill-color': colors[side], 'fill-opacity': 0.45 } });
  map.addLayer({ id: `pair:${side}:line`, type: 'line', source: `pair:${side}`, paint: { 'line-color': colors[side], 'line-width': 3 } });
}

function fade(map, share) {
  for (const [side, part] of [['before', 1 - share], ['after', share]]) {
    map.setPaintProperty(`pair:${side}:fill`, 'fill-opacity', 0.55 * part);
    map.setPaintProperty(`pair:${side}:line`, 'line-opacity', part);
  }
}

// The map of before, over the other one and moved with it.
function open_curtain(footprints) {
  const main = state.map, place = element('div', { id: 'curtain', 'aria-hidden': 'true' });
  document.getElementById('map').append(place);
  const map = new maplibre.Map({ container: place, interactive: false, attributionControl: false, center: main.getCenter(), zoom: main.getZoom(),
    style: { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': getComputedStyle(document.body).backgroundColor } }] } });
  const follow = () => map.jumpTo({ center: main.getCenter(), zoom: main.getZoom() });
  main.on('move', follow);
  map.once('load', () => paint(map, 'before', footprints));
  return { place, map, close() { main.off('move', follow); map.remove(); place.remove(); } };
}

function draw_curtain(share, before) {
  if (share === 0) {
    curtain?.close();
    curtain = null;
    return;
  }
  curtain ??= open_curtain(before);
  curtain.place.style.clipPath = `inset(0 ${100 - share * 100}% 0 0)`;
  curtain.place.style.setProperty('--at', `${share * 100}%`);
}

function slider(name, title, value, act) {
  const input = element('input', { type: 'range', id: `pair-${name}`, min: 0, max: 100, step: 1, oninput: (e) => act(Number(e.target.value) / 100) });
  input.value = value;
  return element('label', { for: `pair-${name}` }, title, input);
}

export async function compare(feature, place) {
  const mine = ++asked, { record } = await fetch_json(`/changes/${feature.id}?lang=${lang}`, { headers: { Accept: 'application/json' } });
  if (mine !== asked)
    return;
  const { before, after } = record;
  if (state.map) {
    paint(state.map, 'before', before.footprints);
    paint(state.map, 'after', after.footprints);
    fade(state.map, 0.5);
  }
  const key = (side, survey) => { const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' }); swatch.style.setProperty('--color', colors[side]); return element('span', {}, swatch, ` ${say(side)}: ${survey} `); };
  place.replaceChildren(element('fieldset', { class: 'pair' }, element('legend', {}, say('compare')), key('before', before.survey), key('after', after.survey),
    slider('fade', say('fade'), 50, (share) => state.map && fade(state.map, share)),
    slider('swipe', say('swipe'), 0, (share) => state.map && draw_curtain(share, before.footprints))));
}

export function end_compare() {
  asked++;
  draw_curtain(0, none);
  for (const side of ['before', 'after'])
    if (state.map?.getSource(`pair:${side}`))
      state.map.getSource(`pair:${side}`).setData(none);
}
