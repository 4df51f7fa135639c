/** The only module that knows MapLibre. Loaded with the map, never before it. */
import {
  Map as GlMap,
  NavigationControl,
  setWorkerUrl,
  type GeoJSONSource,
  type StyleSpecification,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'

import type { AreaMap, CaseMap, MapConfig, Place } from '@linli/shared/api/flow.ts'

import { boundsOf, middleOf, topOf } from './geo.ts'

// A file of our own server: no blob worker, so the page's policy needs nothing more.
setWorkerUrl(workerUrl)

const EMPTY = { type: 'FeatureCollection' as const, features: [] }
const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function labels(areas: AreaMap | null) {
  return {
    type: 'FeatureCollection' as const,
    features: (areas?.features ?? []).map((feature) => ({
      type: 'Feature' as const,
      properties: feature.properties,
      geometry: {
        type: 'Point' as const,
        coordinates: areas?.schematic ? topOf(feature.geometry) : middleOf(feature.geometry),
      },
    })),
  }
}

/** No glyph server and no sprite: text is drawn from this machine's fonts. */
function styleOf(config: MapConfig | null): StyleSpecification {
  const font = token('--font')
    .replaceAll("'", '')
    .split(',')
    .map((name) => name.trim())
  const colour = [
    'case',
    ['get', 'overdue'],
    token('--bad'),
    [
      'match',
      ['get', 'phase'],
      'new',
      token('--info'),
      'waiting',
      token('--warn'),
      'done',
      token('--ok'),
      'cancelled',
      token('--text-3'),
      token('--accent'),
    ],
  ]
  const tiles = config?.tiles
  return {
    version: 8,
    sources: {
      ...(tiles && {
        tiles: {
          type: 'raster' as const,
          tiles: [tiles],
          tileSize: 256,
          ...(config.attribution && { attribution: config.attribution }),
        },
      }),
      areas: { type: 'geojson', data: EMPTY },
      names: { type: 'geojson', data: EMPTY },
      picked: { type: 'geojson', data: EMPTY },
      cases: {
        type: 'geojson',
        data: EMPTY,
        cluster: true,
        clusterRadius: 44,
        clusterMaxZoom: 15,
        clusterProperties: {
          sum: ['+', ['coalesce', ['get', 'count'], 1]],
          late: ['+', ['case', ['get', 'overdue'], ['coalesce', ['get', 'count'], 1], 0]],
        },
      },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': token('--surface-2') } },
      ...(tiles ? [{ id: 'tiles', type: 'raster' as const, source: 'tiles' }] : []),
      {
        id: 'areas',
        type: 'fill',
        source: 'areas',
        paint: { 'fill-color': token('--accent-50'), 'fill-opacity': tiles ? 0.25 : 0.7 },
      },
      {
        id: 'rims',
        type: 'line',
        source: 'areas',
        paint: { 'line-color': token('--accent'), 'line-width': 1.2, 'line-opacity': 0.55 },
      },
      {
        id: 'names',
        type: 'symbol',
        source: 'names',
        layout: {
          'text-field': ['get', 'name'],
          'text-size': 12,
          'text-font': font,
          // Beside the circles, not under them; on a scheme at the top of each tile.
          'text-variable-anchor': ['center', 'top', 'bottom'],
          'text-radial-offset': 1.7,
        },
        paint: {
          'text-color': token('--text-2'),
          'text-halo-color': token('--surface-2'),
          'text-halo-width': 1.4,
        },
      },
      {
        id: 'points',
        type: 'circle',
        source: 'cases',
        filter: ['!', ['has', 'point_count']],
        paint: {
          'circle-color': colour as never,
          'circle-radius': ['case', ['>', ['coalesce', ['get', 'count'], 1], 1], 13, 7],
          'circle-stroke-color': token('--surface'),
          'circle-stroke-width': 2,
        },
      },
      {
        id: 'chosen',
        type: 'circle',
        source: 'cases',
        filter: ['==', ['get', 'id'], ''],
        paint: {
          'circle-color': 'rgba(0,0,0,0)',
          'circle-radius': 12,
          'circle-stroke-color': token('--text'),
          'circle-stroke-width': 2.5,
        },
      },
      {
        id: 'clusters',
        type: 'circle',
        source: 'cases',
        filter: ['has', 'point_count'],
        paint: {
          'circle-color': ['case', ['>', ['get', 'late'], 0], token('--bad'), token('--accent')],
          'circle-radius': ['step', ['get', 'sum'], 14, 10, 18, 50, 23, 200, 29],
          'circle-stroke-color': token('--surface'),
          'circle-stroke-width': 2,
          'circle-opacity': 0.92,
        },
      },
      {
        id: 'counts',
        type: 'symbol',
        source: 'cases',
        filter: ['any', ['has', 'point_count'], ['>', ['coalesce', ['get', 'count'], 1], 1]],
        layout: {
          'text-field': ['to-string', ['coalesce', ['get', 'sum'], ['get', 'count']]],
          'text-size': 12,
          'text-font': font,
          'text-allow-overlap': true,
        },
        paint: { 'text-color': token('--surface') },
      },
      {
        id: 'picked',
        type: 'circle',
        source: 'picked',
        paint: {
          'circle-color': token('--bad'),
          'circle-radius': 8,
          'circle-stroke-color': token('--surface'),
          'circle-stroke-width': 3,
        },
      },
    ],
  }
}

export interface MapHandlers {
  select: (id: string) => void
  pick: (lat: number, lon: number) => void
  ready: () => void
}
export interface Engine {
  show: (areas: AreaMap | null, cases: CaseMap | null) => void
  choose: (id: string, at?: [number, number]) => void
  mark: (place: Place | null) => void
  recolour: () => void
  remove: () => void
}

/** Whether this browser can draw it: old office machines have no WebGL 2. */
export function canDraw(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}

export function openMap(
  box: HTMLElement,
  config: MapConfig | null,
  picking: boolean,
  on: MapHandlers,
): Engine {
  let data: { areas: AreaMap | null; cases: CaseMap | null } = { areas: null, cases: null }
  // Not `isStyleLoaded()`: that is false while a source is still being read, and what came then would never be shown.
  let loaded = false
  let framed = false
  let chosen = ''
  let marked: Place | null = null
  const map = new GlMap({
    container: box,
    style: styleOf(config),
    center: [104, 35],
    zoom: 3,
    attributionControl: config?.tiles ? { compact: true } : false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')

  function fill(): void {
    const put = (name: string, what: unknown): void =>
      void (map.getSource(name) as GeoJSONSource | undefined)?.setData(what as never)
    put('areas', data.areas ?? EMPTY)
    put('names', labels(data.areas))
    if (data.areas?.schematic) {
      map.setLayoutProperty('names', 'text-variable-anchor', ['top'])
      map.setLayoutProperty('names', 'text-radial-offset', 0.4)
      // On a phone there is no room for all of them.
      map.setLayoutProperty('names', 'text-allow-overlap', box.clientWidth > 560)
    }
    put('cases', data.cases ?? EMPTY)
    put('picked', {
      type: 'FeatureCollection',
      features:
        marked?.lat != null && marked.lon !== null
          ? [
              {
                type: 'Feature',
                properties: {},
                geometry: { type: 'Point', coordinates: [marked.lon, marked.lat] },
              },
            ]
          : [],
    })
    if (map.getLayer('chosen')) map.setFilter('chosen', ['==', ['get', 'id'], chosen])
    const bounds = framed ? null : boundsOf(data.areas, data.cases)
    if (bounds) {
      framed = true
      map.fitBounds(bounds, { padding: 36, animate: false, maxZoom: 16 })
    }
  }
  map.on('load', () => {
    loaded = true
    fill()
    on.ready()
  })
  map.on('click', 'points', (event) => {
    const id = event.features?.[0]?.properties.id as string | undefined
    if (id && !picking) on.select(id)
    else if (!picking) map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 })
  })
  map.on('click', 'clusters', (event) => {
    const feature = event.features?.[0]
    if (!feature || picking) return
    const source = map.getSource('cases') as GeoJSONSource
    void source
      .getClusterExpansionZoom(Number(feature.properties.cluster_id))
      .then((zoom) => map.easeTo({ center: event.lngLat, zoom }))
  })
  if (picking) {
    map.getCanvas().style.cursor = 'crosshair'
    map.on('click', (event) => on.pick(event.lngLat.lat, event.lngLat.lng))
  } else {
    for (const layer of ['points', 'clusters']) {
      map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'))
      map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''))
    }
  }
  return {
    show: (areas, cases) => {
      if (areas !== data.areas) framed = false
      data = { areas, cases }
      if (loaded) fill()
    },
    choose: (id, at) => {
      chosen = id
      if (map.getLayer('chosen')) map.setFilter('chosen', ['==', ['get', 'id'], id])
      if (at) map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 16) })
    },
    mark: (place) => {
      marked = place
      if (loaded) fill()
    },
    recolour: () => {
      map.setStyle(styleOf(config))
      map.once('styledata', fill)
    },
    remove: () => map.remove(),
  }
}
