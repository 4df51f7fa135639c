/** Which control answers which question. */
import type { AnyControlNode } from '@getodk/xforms-engine'
import type { Component } from 'vue'

import BarcodeControl from './BarcodeControl.vue'
import DateControl from './DateControl.vue'
import GeoPathControl from './GeoPathControl.vue'
import GeoPointControl from './GeoPointControl.vue'
import NoteControl from './NoteControl.vue'
import NumberControl from './NumberControl.vue'
import RangeControl from './RangeControl.vue'
import RankControl from './RankControl.vue'
import SelectControl from './SelectControl.vue'
import TextControl from './TextControl.vue'
import TriggerControl from './TriggerControl.vue'
import UploadControl from './UploadControl.vue'

const INPUTS: Record<string, Component> = {
  int: NumberControl,
  decimal: NumberControl,
  date: DateControl,
  time: DateControl,
  dateTime: DateControl,
  geopoint: GeoPointControl,
  geotrace: GeoPathControl,
  geoshape: GeoPathControl,
  barcode: BarcodeControl,
}

export function controlOf(node: AnyControlNode): Component {
  switch (node.nodeType) {
    case 'select':
      return SelectControl
    case 'rank':
      return RankControl
    case 'range':
      return RangeControl
    case 'trigger':
      return TriggerControl
    case 'upload':
      return UploadControl
    case 'note':
      return NoteControl
    default:
      return INPUTS[node.valueType] ?? TextControl
  }
}
