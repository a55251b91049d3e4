# Reads cells.csv (row, column, value) and points.csv (x, y in a unit square); writes what spdep and spatstat make of them.
suppressMessages({library(spdep); library(spatstat)})
folder <- commandArgs(trailingOnly = TRUE)[1]
cells <- read.csv(file.path(folder, "cells.csv"))
near <- dnearneigh(as.matrix(cells[, c("column", "row")]), 0, 2.01)
binary <- nb2listw(near, style = "B")
standardised <- nb2listw(near, style = "W")
shuffled <- moran.test(cells$value, standardised)$estimate
normal <- moran.test(cells$value, standardised, randomisation = FALSE)$estimate
bands <- sapply(1:5, function(r) {
  graph <- nb2listw(dnearneigh(as.matrix(cells[, c("column", "row")]), 0, r + 0.001), style = "B")
  as.numeric(moran.test(cells$value, graph, randomisation = FALSE)$statistic)
})
write.csv(data.frame(
  gi = as.numeric(localG(cells$value, binary)),
  gi_star = as.numeric(localG(cells$value, nb2listw(include.self(near), style = "B"))),
  local_moran = localmoran(cells$value, standardised, mlvar = TRUE)[, "Ii"]
), file.path(folder, "local.csv"), row.names = FALSE)
writeLines(sprintf("%.15g", c(shuffled, normal[3], bands)), file.path(folder, "moran.txt"))
points <- read.csv(file.path(folder, "points.csv"))
pattern <- ppp(points$x, points$y, owin())
for (diggle in c(TRUE, FALSE)) {
  surface <- density(pattern, 0.07, diggle = diggle, dimyx = 128)
  write.table(surface$v, file.path(folder, if (diggle) "diggle.txt" else "uniform.txt"), row.names = FALSE, col.names = FALSE)
}
cat(as.character(packageVersion("spdep")), as.character(packageVersion("spatstat")), "\n")
