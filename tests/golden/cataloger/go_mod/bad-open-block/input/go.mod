module x
require (
	a.example/b v1.0.0
