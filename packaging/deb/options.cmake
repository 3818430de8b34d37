# What only the machine that makes the packages can tell: the packages of the libraries opened at run time.
if(CPACK_GENERATOR STREQUAL DEB)
  include(${CPACK_SIDESTEP_PACKAGING}/deb/dlopened.cmake)
  dlopened_packages(DLOPENED_PACKAGES)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "git, ${DLOPENED_PACKAGES}")
endif()
