module m

go 1.21

require (
	a.org/x v1.0.0
	"b.org/y" v2.0.0+incompatible // indirect
)
require(
 c v1.0.0
)
toolchain go1.22.3
