"""Words of the simulated comuna: what its streets, places and offences are called in its files.

No name here belongs to a person; whoever asks for help in these files is numbered and says so.
"""

from __future__ import annotations

STREET_NOUNS = (
    "Los Arrayanes", "Los Canelos", "Los Coigües", "Los Robles", "Los Ulmos", "Los Notros", "Los Maitenes",
    "Los Maquis", "Los Boldos", "Los Peumos", "Los Quillayes", "Los Lingues", "Los Avellanos", "Los Laureles",
    "Los Mañíos", "Los Alerces", "Los Cipreses", "Los Raulíes", "Los Temos", "Los Tepas", "Los Olivillos",
    "Los Radales", "Los Chilcos", "Los Helechos", "Los Copihues", "Las Quilas", "Las Murtas", "Las Lumas",
    "Las Pataguas", "Las Nalcas", "Las Violetas", "Las Camelias", "Las Hortensias", "Las Azaleas", "Los Lirios",
    "Los Jazmines", "Los Narcisos", "El Chucao", "El Hued-hued", "El Rayadito", "El Carpintero",
    "El Martín Pescador", "El Cisne", "El Coscoroba", "Las Bandurrias", "Las Garzas", "Las Golondrinas",
    "Los Queltehues", "Los Tiuques", "Los Choroyes", "Los Picaflores", "Los Zorzales", "Los Chercanes",
    "Las Taguas", "Los Pidenes", "Las Torcazas", "El Pudú", "El Huillín", "El Coipo", "El Monito del Monte",
    "El Puma", "La Ranita de Darwin", "El Salmón", "El Pejerrey", "La Puye", "El Róbalo", "Río Claro", "Río Hondo",
    "Río Manso", "Río Blanco", "Río Negro", "Estero Frío", "Laguna Verde", "Laguna Honda", "La Vertiente",
    "El Manantial", "El Remanso", "La Ribera", "El Vado", "El Muelle", "El Astillero", "La Barcaza", "El Faro",
    "El Timonel", "La Goleta", "El Bote", "La Caleta", "El Estuario", "La Marea", "El Humedal", "El Totoral",
    "El Juncal", "La Vega", "El Mirador", "La Loma", "La Cumbre", "El Portezuelo", "La Quebrada", "El Bosque",
    "El Molino", "La Herrería", "La Curtiembre", "El Aserradero", "La Cervecería", "La Estación", "El Riel",
    "El Durmiente", "La Locomotora", "El Andén", "La Feria", "El Mercado", "El Telar", "La Greda", "El Mimbre",
    "La Lana", "El Trigal", "El Manzanar", "El Huerto", "La Colmena", "El Maizal", "La Aurora", "El Alba",
    "El Poniente", "La Lluvia", "La Niebla", "El Rocío", "La Llovizna", "El Arcoíris", "El Invierno",
    "La Primavera", "El Otoño", "El Verano",
)  # fmt: skip

VENUE_WORDS = {
    "bar": ("Bar", "bar"),
    "shop": ("Almacén", "comercio"),
    "school": ("Escuela", "establecimiento_educacional"),
    "bus_stop": ("Paradero", "paradero"),
    "pharmacy": ("Farmacia", "comercio"),
    "bank": ("Sucursal", "comercio"),
    "fuel_station": ("Servicentro", "comercio"),
    "health_centre": ("Centro de Salud", "establecimiento_salud"),
    "hospital": ("Hospital", "establecimiento_salud"),
    "police_station": ("Comisaría", "unidad_policial"),
    "bus_terminal": ("Terminal de Buses", "otro"),
}

OFFENCE_LABELS = {
    "10101": "Homicidios", "10102": "Femicidios", "10201": "Violaciones", "10202": "Abusos sexuales",
    "10203": "Acosos sexuales", "10204": "Otros delitos sexuales", "10301": "Lesiones graves o gravísimas",
    "10401": "Lesiones menos graves", "10501": "Lesiones leves", "10601": "Amenazas",
    "20101": "Robos con violencia o intimidación", "20102": "Robo violento de vehículo motorizado",
    "20201": "Robo por sorpresa", "30101": "VIF con lesiones físicas", "30102": "VIF con lesiones psicológicas",
    "30105": "VIF no clasificada", "40102": "Microtráfico de sustancias",
    "40104": "Otras infracciones a la ley de drogas", "50101": "Disparo injustificado",
    "50102": "Porte / posesión de armas o explosivos", "50201": "Porte de arma cortante o punzante",
    "60101": "Robo en lugar habitado", "60102": "Robos en lugar no habitado", "60201": "Robo de vehículo motorizado",
    "60202": "Robo de objetos de o desde vehículo", "60301": "Otros robos con fuerza en las cosas", "60401": "Hurtos",
    "60501": "Receptación", "70102": "Riña pública", "70201": "Consumo de drogas en la vía pública",
    "70204": "Consumo de alcohol en la vía pública", "70301": "Daños", "70401": "Desórdenes públicos",
    "99902": "Robo frustrado",
}  # fmt: skip

PLACEMENT_WORDS = {
    "exact": "dirección exacta",
    "street_centre": "centro de la calle",
    "police_station": "unidad policial",
    "hospital": "recinto hospitalario",
    "none": "sin ubicar",
}

OBSERVATIONS = (
    "Solicitante indica que llamará nuevamente si hay novedades.",
    "Se deriva a la unidad correspondiente; solicitante queda a la espera.",
    "Vecino aporta grabación de su cámara, no se adjunta.",
    "Se toma contacto con la persona afectada en el lugar.",
    "Sin testigos. Persona afectada irá a la fiscalía.",
    "Se entrega número de folio por teléfono.",
)

EVENT_KINDS = (
    ("Feria costumbrista", "feria", 5, 9.0),
    ("Concierto al aire libre", "concierto", 8, 4.0),
    ("Partido de campeonato", "deportivo", 6, 3.0),
    ("Corrida ribereña", "deportivo", 3, 5.0),
    ("Desfile de aniversario", "desfile", 7, 3.0),
    ("Fiesta de la cerveza", "fiesta", 6, 8.0),
    ("Noche de fuegos de artificio", "espectáculo", 12, 3.0),
    ("Festival de cine al aire libre", "espectáculo", 4, 4.0),
)

ORGANISERS = ("Municipalidad simulada", "Productora simulada A", "Productora simulada B", "Club deportivo simulado")


def street_name(rank: int, number: int) -> str:
    """Name of the n-th street: avenues first take the bare nouns, small streets get a numeral when nouns run out."""
    noun = STREET_NOUNS[number % len(STREET_NOUNS)]
    turn = number // len(STREET_NOUNS)
    if rank == 2:
        return "Costanera" if turn == 0 and number == 0 else f"Costanera {noun}"
    kind = {0: "Avenida", 3: "Puente"}.get(rank, "Calle" if turn < 6 else "Pasaje")
    return f"{kind} {noun}" if turn == 0 else f"{kind} {noun} {turn + 1}"
