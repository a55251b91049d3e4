"""The one place where a user's file is opened, and always in a child process that may fail alone."""

from geo.decoder.layers import DecodedLayer, decode_layer
from geo.decoder.process import ROW_ERROR, ROW_NUMBER
from geo.decoder.rasters import DecodedRaster, decode_raster
from geo.decoder.reasons import TooLargeFileError
from geo.decoder.tables import POINT_X, POINT_Y, Dialect, TableDescription, decode_table, describe_table

__all__ = [
    "POINT_X",
    "POINT_Y",
    "ROW_ERROR",
    "ROW_NUMBER",
    "DecodedLayer",
    "DecodedRaster",
    "Dialect",
    "TableDescription",
    "TooLargeFileError",
    "decode_layer",
    "decode_raster",
    "decode_table",
    "describe_table",
]
