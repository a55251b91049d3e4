"""Common given names and surnames of Chile, to know a person's name where no cue word announces it.

Drawn from the most frequent names of births and of the civil registry; a list like this finds many, never all.
"""

from __future__ import annotations

GIVEN = frozenset(
    """
    agustin agustina alan alejandra alejandro alexis alfredo alicia alonso alvaro amanda ana andrea andres angel
    angelica anibal antonia antonio ariel arturo barbara bastian beatriz benjamin bernarda bernardo blanca boris
    brayan bruno camila camilo carla carlos carmen carolina catalina cecilia cesar christian clara claudia claudio
    constanza cristian cristina cristobal damian daniel daniela danilo david debora denisse diana diego eduardo elena
    eliana elias elisa elizabeth elsa emilia emilio enrique erica erika ernesto esteban estefania eugenia eugenio eva
    evelyn fabian fabiola felipe fernanda fernando florencia francisca francisco franco freddy gabriel gabriela
    genesis geraldine german gerardo gilda gladys gloria gonzalo graciela guillermo gustavo hector hernan hilda hugo
    humberto ignacia ignacio ines ingrid irene iris irma isabel isidora ismael ivan jaime javier javiera jean jessica
    jimena joaquin johana jonathan jorge jose josefa josefina joselyn juan juana julia julio karen karina karla
    katherine kevin laura leonardo leonor leticia lidia liliana lorena loreto lucas lucia luis luisa luz macarena
    magdalena manuel manuela marcela marcelo marcia marco marcos margarita maria mariana mariela mario marisol marta
    martin martina mateo matias mauricio maximiliano maximo mercedes michelle miguel milton miriam monica monserrat
    nancy natalia nelson nicolas nicole norma olga omar orlando oscar osvaldo pablo pamela paola patricia patricio
    paula paulina paz pedro pilar priscila rafael ramiro ramon raquel raul rebeca renata renato rene ricardo roberto
    rocio rodolfo rodrigo rolando romina rosa rosario roxana ruben ruth salvador samuel sandra santiago sara sebastian
    sergio silvia simon sofia sonia soledad susana tamara tatiana teresa tomas valentin valentina valeria vanessa
    veronica vicente victor victoria violeta viviana walter wilson ximena yanet yasna yolanda
    """.split()  # noqa: SIM905 - three hundred quoted words would hide the list
)
SURNAMES = frozenset(
    """
    acevedo acosta acuna aedo aguayo aguila aguilar aguilera aguirre alarcon albornoz alfaro almonacid alvarado alvarez
    alvear aravena araya arancibia arce arriagada arroyo astudillo avila avendano baeza bahamonde bahamondes barra
    barria barrientos barrios bastias becerra benavides bravo briones burgos bustamante bustos caceres calderon
    campos cardenas carrasco carrillo carvajal castillo castro catalan cerda cespedes chavez cid cisterna contreras
    cordero cordova cornejo correa cortes cruz cuevas delgado diaz donoso duran escobar espinosa espinoza farias
    fernandez ferrada figueroa flores fuentealba fuentes gajardo galaz gallardo gallegos galvez garay garcia garrido
    godoy gomez gonzalez guerra guerrero gutierrez guzman henriquez hernandez herrera hidalgo huenchul huerta ibanez
    inostroza jara jaramillo jimenez labra lagos lara lavin leal leiva leon lillo lizama llanos lopez loyola lucero luna
    maldonado mancilla manquian mansilla mardones marin marquez martinez matamala maturana medina mella melo mena
    mendez mendoza meneses meza miranda molina montecinos monsalve mora moraga morales moreno moya munoz
    naranjo navarrete navarro neira nunez obreque ojeda olate olivares oliva opazo orellana ortega ortiz osorio otarola
    oyarzo oyarzun pacheco padilla paillan palacios palma paredes parra pena peralta pereira perez pino pinto pizarro
    poblete ponce pozo quezada quintana quiroz ramirez ramos rebolledo reyes rios riquelme rivas rivera riveros robles
    rodriguez rojas roldan romero rosales rubilar ruiz saavedra saez salas salazar saldivia salgado salinas sanchez
    sandoval santana santander santibanez sanhueza sepulveda serrano sierra silva solis soto suarez tapia toledo toro
    torres troncoso ulloa urbina urra urrutia valdebenito valdes valdivia valenzuela valle vallejos vargas
    vasquez vega velasquez veliz venegas vera vergara vidal vielma vilches villagra villalobos villanueva villarroel
    villegas yanez zambrano zamora zapata zarate zavala zuniga
    """.split()  # noqa: SIM905 - three hundred quoted words would hide the list
)
