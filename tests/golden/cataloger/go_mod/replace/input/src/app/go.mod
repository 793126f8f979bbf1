replace a => z v9.0.0
replace (
 a v1.0.0 => a v1.0.1 // fix
 b => ./b
)
exclude d v1.0.0
require a v1.0.0
require b v1.0.0
require d v1.0.0
